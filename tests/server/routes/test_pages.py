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
    assert "shows happiness" in answer.text
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
