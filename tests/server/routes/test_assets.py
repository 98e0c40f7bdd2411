"""Files with a hash in their address, and the built browser app."""

from __future__ import annotations

import hashlib
from pathlib import Path

import httpx
import pytest
from server_process import Start


@pytest.mark.parametrize("folder", ["models", "content"])
def test_addresses_have_a_hash_of_the_content(http: httpx.Client, folder: str) -> None:
    index = http.get(f"/{folder}/index.json")
    assert index.headers["cache-control"] == "no-cache"
    assert len(index.json()) >= 5
    for name, about in list(index.json().items())[:6]:
        answer = http.get(about["url"])
        assert (answer.status_code, len(answer.content)) == (200, about["bytes"]), name
        assert hashlib.sha256(answer.content).hexdigest() == about["sha256"]
        assert answer.headers["cache-control"].endswith("immutable")
        assert about["sha256"][:12] in about["url"]
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize(
    "path",
    [
        "/models/",
        "/models/../app.py",
        "/models/%2e%2e/app.py",
        "/content//etc/passwd",
        "/..%2f..%2fpyproject.toml",
        "/a\\b",
    ],
)
def test_no_other_file_is_served(http: httpx.Client, path: str) -> None:
    assert http.get(path).status_code == 404


def test_the_built_app_replaces_the_page(start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a copy of the package, so that a build of this checkout stays out of it."""
    import shutil

    import emoar

    package = tmp_path / "emoar"
    shutil.copytree(
        Path(emoar.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__", "training", "web_app")
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with start().client() as http:
        assert http.get("/").text == http.get("/upload").text
    app = package / "web_app"
    (app / "assets").mkdir(parents=True)
    (app / "index.html").write_text("<!doctype html><title>The app</title>")
    (app / "assets" / "index-B1xYz_34.js").write_text("1")
    (app / "sw.js").write_text("2")
    server = start()
    with server.client() as http:
        index = http.get("/")
        assert "The app" in index.text
        assert "'wasm-unsafe-eval'" in index.headers["content-security-policy"]
        assert index.headers["cross-origin-embedder-policy"] == "require-corp"
        assert http.get("/assets/index-B1xYz_34.js").headers["cache-control"].endswith("immutable")
        worker = http.get("/sw.js")
        assert (worker.headers["cache-control"], worker.headers["content-type"].split(";")[0]) == (
            "no-cache",
            "text/javascript",
        )
        assert "EmoAR" in http.get("/upload").text
