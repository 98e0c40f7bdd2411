"""Files with a hash in their address, and the built browser app."""

from __future__ import annotations

import gzip
import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from server_process import Start

import emoar

SCRIPT = b"let face = 1;\n" * 500
RUNTIME = bytes(range(256)) * 500
APP = {
    "index.html": b"<!doctype html><title>The app</title>",
    "overlay.html": b"<!doctype html><title>The overlay</title>",
    "sw.js": b"2",
    "assets/index-B1xYz_34.js": SCRIPT,
    "assets/index-B1xYz_34.js.gz": gzip.compress(SCRIPT),
    "wasm/2.5.3-0ad8e035/runtime.wasm.gz": gzip.compress(RUNTIME),
    "wasm/2.5.3-0ad8e035/runtime.wasm.br": b"brotli",
    "wasm/manifest.json": b"{}",
    "content/packs.json": b"[]",
}


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


@pytest.mark.parametrize("path", ["/", "/models/index.json", "/content/index.json"])
def test_head_answers_as_get_without_the_body(http: httpx.Client, path: str) -> None:
    head, get = http.head(path), http.get(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]
    assert http.head("/nowhere").status_code == 404


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the package, which the servers of this module use, so that a build of this checkout stays out of it."""
    folder = tmp_path_factory.mktemp("package")
    leave_out = shutil.ignore_patterns("__pycache__", "training", "web_app")
    shutil.copytree(Path(emoar.__file__).parent, folder / "emoar", ignore=leave_out)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(folder))
        yield folder / "emoar"


@pytest.fixture(scope="module")
def app(package: Path, start: Start) -> Iterator[httpx.Client]:
    """A client of a server with a built app, after one without."""
    with start().client() as http:
        assert http.get("/").text == http.get("/upload").text
        absent = http.get("/overlay")
        assert (absent.status_code, "make web" in absent.json()["detail"]) == (404, True)
    for name, content in APP.items():
        path = package / "web_app" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    with start().client() as http:
        yield http


def test_the_built_app_replaces_the_page(app: httpx.Client) -> None:
    index = app.get("/")
    assert "The app" in index.text
    assert app.get("/index.html").text == index.text
    assert "'wasm-unsafe-eval'" in index.headers["content-security-policy"]
    assert index.headers["cross-origin-embedder-policy"] == "require-corp"
    worker = app.get("/sw.js")
    assert worker.headers["content-type"].split(";")[0] == "text/javascript"
    assert "EmoAR" in app.get("/upload").text
    assert app.get("/content/packs.json").json() == []


def test_the_overlay_is_a_page_of_the_app(app: httpx.Client) -> None:
    page = app.get("/overlay?overlays=label")
    assert "The overlay" in page.text
    assert page.headers["content-type"].startswith("text/html")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert app.head("/overlay").status_code == 200


@pytest.mark.parametrize(
    ("path", "caching"),
    [
        ("/", "no-cache"),
        ("/sw.js", "no-cache"),
        ("/wasm/manifest.json", "no-cache"),
        ("/assets/index-B1xYz_34.js", "public, max-age=31536000, immutable"),
        ("/wasm/2.5.3-0ad8e035/runtime.wasm", "public, max-age=31536000, immutable"),
    ],
)
def test_browsers_keep_files_and_ask_only_for_those_without_a_hash(app: httpx.Client, path: str, caching: str) -> None:
    first = app.get(path)
    assert first.headers["cache-control"] == caching
    again = app.get(path, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cross-origin-resource-policy"] == "same-origin"
    head = app.head(path)
    assert (head.status_code, head.headers["etag"], head.content) == (200, first.headers["etag"], b"")


def test_compressed_forms_are_sent_to_those_who_accept_them(app: httpx.Client) -> None:
    packed = app.get("/assets/index-B1xYz_34.js", headers={"accept-encoding": "gzip"})
    assert (packed.headers["content-encoding"], packed.content) == ("gzip", SCRIPT)
    assert int(packed.headers["content-length"]) < len(SCRIPT) / 10
    plain = app.get("/assets/index-B1xYz_34.js", headers={"accept-encoding": "identity"})
    assert ("content-encoding" in plain.headers, plain.content) == (False, SCRIPT)
    assert plain.headers["etag"] != packed.headers["etag"]
    assert plain.headers["content-type"] == packed.headers["content-type"] == "text/javascript; charset=utf-8"


def test_the_runtime_needs_no_plain_form(app: httpx.Client) -> None:
    path = "/wasm/2.5.3-0ad8e035/runtime.wasm"
    plain = app.get(path, headers={"accept-encoding": "identity"})
    assert (plain.content, plain.headers["content-type"]) == (RUNTIME, "application/wasm")
    assert int(plain.headers["content-length"]) == len(RUNTIME)
    assert app.get(path, headers={"accept-encoding": "gzip"}).content == RUNTIME
    with app.stream("GET", path, headers={"accept-encoding": "br, gzip"}) as response:
        assert response.headers["content-encoding"] == "br"
        assert b"".join(response.iter_raw()) == b"brotli"
    for suffix in (".gz", ".br"):
        assert app.get(path + suffix).status_code == 404  # a form, not a file
