"""A page is one file; what is put into it is escaped."""

from __future__ import annotations

import re

import pytest

pytest.importorskip("jinja2", reason="pages need Jinja2: pip install 'emoar[report]'")
pytest.importorskip("matplotlib", reason="charts need matplotlib: pip install 'emoar[report]'")

from jinja2 import TemplateNotFound, UndefinedError

from emoar.report.html_page import render_page


def test_a_template_of_another_package_has_the_common_style() -> None:
    html = render_page("emoar.training.report", "base.html.jinja")
    assert "--paper: #ffffff" in html
    assert re.search(r"@media screen and \(prefers-color-scheme: dark\)", html), "paper is light"


def test_what_is_missing_is_an_error() -> None:
    with pytest.raises(TemplateNotFound):
        render_page("emoar.report", "none.html.jinja")
    with pytest.raises(UndefinedError):
        render_page("emoar.report", "session.html.jinja", title="a")
