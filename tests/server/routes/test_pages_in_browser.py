"""Every page of the server in a browser: on both names of this machine, with TLS, with an API key."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from server_process import PATIENCE_S, Server, Start

from emoar.server.http.api_keys import KeyFile

WEB = Path(__file__).parents[3] / "web"


@pytest.fixture
def picture(tmp_path: Path, jpeg: bytes) -> Path:
    path = tmp_path / "face.jpg"
    path.write_bytes(jpeg)
    return path


def visit(picture: Path, key: str, *urls: str) -> None:
    """Runs the browser test for these servers; skips without Node, its packages or a browser."""
    node = shutil.which("node")
    if node is None or not (WEB / "node_modules" / "playwright-core").is_dir():
        pytest.skip("no Node with the packages of web/ (make web)")
    probe = "import('./e2e/browser.mjs').then((browser) => console.log(browser.missingBrowser() ?? ''))"
    missing = subprocess.run([node, "-e", probe], cwd=WEB, capture_output=True, text=True, check=True).stdout.strip()
    if missing:
        pytest.skip(missing)
    command = [node, "e2e/pages.mjs", str(picture), key, *urls]
    result = subprocess.run(command, cwd=WEB, capture_output=True, text=True, timeout=3 * PATIENCE_S)
    assert result.returncode == 0, result.stderr


def test_every_page_on_both_names_of_this_machine(server: Server, picture: Path) -> None:
    visit(picture, "", server.url, server.url.replace("127.0.0.1", "localhost"))


def test_every_page_with_tls_and_a_key(start: Start, picture: Path, tmp_path: Path) -> None:
    _, key = KeyFile(tmp_path / "keys.json").create("browser")
    server = start(tls=True, require_keys=True, keys_file=tmp_path / "keys.json")
    visit(picture, key, server.url, server.url.replace("127.0.0.1", "localhost"))
