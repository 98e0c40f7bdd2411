"""Pages: what a browser gets."""

from __future__ import annotations

import json
import re

import httpx
import pytest


def test_the_upload_page_works_without_scripts(http: httpx.Client, jpeg: bytes) -> None:
    page = http.get("/upload")
    assert page.headers["content-type"].startswith("text/html")
    assert "script" not in page.headers["content-security-policy"]
    assert "<script" not in page.text
    (action,) = re.findall(r'action="([^"]+)"', page.text)
    (style,) = re.findall(r'rel="stylesheet" href="([^"]+)"', page.text)
    assert http.get(style).headers["cache-control"] == "public, max-age=31536000, immutable"
    response = http.post(action, files={"file": ("a.jpg", jpeg)}, data={"overlays": ["label", "quote"]})
    assert response.status_code == 200
    assert "Face 1: happiness" in response.text
    assert re.search(r'<img src="data:image/jpeg;base64,[\w+/=]{9999,}"', response.text)
    values = [float(value) for value in re.findall(r'<meter min="0" max="1" value="([\d.]+)"', response.text)]
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
def test_the_upload_page_shows_errors(http: httpx.Client, files: object, status: int) -> None:
    response = http.post("/upload", files=files)  # type: ignore[arg-type]
    assert response.status_code == status
    assert 'role="alert"' in response.text
    assert "<script" not in response.text


def test_a_form_of_another_site_is_refused(http: httpx.Client, jpeg: bytes) -> None:
    assert http.post("/upload", files={"file": jpeg}, headers={"origin": "https://evil.example"}).status_code == 403


def test_the_docs_page_loads_nothing_from_other_servers(http: httpx.Client) -> None:
    page = http.get("/docs")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self';" in policy
    assert "unsafe" not in policy
    assert "http" not in page.text
    addresses = re.findall(r'(?:src|href)="(/[^"]+)"', page.text)
    assert len(addresses) == 4
    for address in addresses:
        assert http.get(address).status_code == 200, address
    assert http.get("/docs/swagger-ui-bundle.js").headers["content-type"].startswith("text/javascript")
    (url,) = re.findall(r'url: "([^"]+)"', http.get("/docs/start.js").text)
    assert json.loads(http.get(url).text)["openapi"].startswith("3.1")
    assert http.get("/docs/../openapi.json").status_code == 200
    assert http.get("/docs/redoc.standalone.js").status_code == 404
