"""Pages and files: what a browser gets."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import httpx
import pytest
from server_process import Start


def test_the_page_works_without_scripts(http: httpx.Client, jpeg: bytes) -> None:
    page = http.get("/upload")
    assert page.headers["content-type"].startswith("text/html")
    assert "script" not in page.headers["content-security-policy"]
    assert "<script" not in page.text
    (action,) = re.findall(r'action="([^"]+)"', page.text)
    (style,) = re.findall(r'rel="stylesheet" href="([^"]+)"', page.text)
    assert http.get(style).headers["cache-control"] == "public, max-age=31536000, immutable"
    answer = http.post(action, files={"file": ("a.jpg", jpeg)}, data={"overlay": ["label", "quote"]})
    assert answer.status_code == 200
    assert "Face 1: happiness " in answer.text
    assert re.search(r'<img src="data:image/jpeg;base64,[\w+/=]{9999,}"', answer.text)
    values = [float(value) for value in re.findall(r'<meter min="0" max="1" value="([\d.]+)"', answer.text)]
    (seen,) = http.post("/v1/expressions", content=jpeg).json()["faces"]
    assert max(values) == pytest.approx(seen["expression"]["confidence"], abs=0.01)


@pytest.mark.parametrize(
    ("files", "status"),
    [
        ({"file": ("a.jpg", b"<script>alert(1)</script>")}, 415),
        ({"file": ("", b"")}, 422),
        (None, 415),
    ],
)
def test_the_page_says_what_went_wrong(http: httpx.Client, files: object, status: int) -> None:
    answer = http.post("/upload", files=files)  # type: ignore[arg-type]
    assert answer.status_code == status
    assert 'role="alert"' in answer.text
    assert "<script" not in answer.text


def test_a_form_of_another_site_is_refused(http: httpx.Client, jpeg: bytes) -> None:
    assert http.post("/upload", files={"file": jpeg}, headers={"origin": "https://evil.example"}).status_code == 403


@pytest.mark.parametrize("folder", ["models", "content"])
def test_files_have_names_that_say_their_content(http: httpx.Client, folder: str) -> None:
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
def test_nothing_else_is_given_out(http: httpx.Client, path: str) -> None:
    assert http.get(path).status_code == 404


def test_the_built_app_takes_the_place_of_the_page(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
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
