"""HTML elements."""

from __future__ import annotations

import pytest

from emoar.server.pages.html import page, tag, text


def test_text_is_never_markup() -> None:
    assert text('<b a="1">&\'') == "&lt;b a=&quot;1&quot;&gt;&amp;&#x27;"
    assert text(3) == "3"


@pytest.mark.parametrize(
    ("element", "markup"),
    [
        (tag("p"), "<p></p>"),
        (tag("p", "a", tag("b", "c")), "<p>a<b>c</b></p>"),
        (tag("a", "x", href='/"', class_="soft"), '<a href="/&quot;" class="soft">x</a>'),
        (tag("i", hidden=True, id=None, title=False, aria_label="y"), '<i hidden aria-label="y"></i>'),
    ],
)
def test_elements(element: str, markup: str) -> None:
    assert element == markup


def test_a_page_has_one_style_and_no_script() -> None:
    document = page("a<b", "<p>c</p>", style_address="/s.css")
    assert document.startswith("<!doctype html>")
    assert "<title>a&lt;b</title>" in document
    assert '<link rel="stylesheet" href="/s.css">' in document
    assert "<body><p>c</p></body>" in document
    assert "<script" not in document
