"""A page is one file; what is put into it is escaped."""

from __future__ import annotations

import base64

import cv2
import numpy as np
import pytest

pytest.importorskip("jinja2", reason="pages need Jinja2: pip install 'emoar[report]'")
pytest.importorskip("matplotlib", reason="charts need matplotlib: pip install 'emoar[report]'")

from jinja2 import UndefinedError

from emoar.report.figure import DARK, LIGHT
from emoar.report.html_page import Table
from emoar.training.report.charts import Bar, bars
from emoar.training.report.html_page import data_uri, render


def page(title: str = "Runs & <more>") -> str:
    chart = bars("<b>size</b>", [Bar("<script>", 1.0, "1 < 2")])
    sections = [{"title": "Figures", "charts": [chart]}]
    runs = Table(("", "<i>run</i>"), [("size", "1 < 2")])
    return render("comparison.html.jinja", title=title, measured_on="PublicTest", runs=runs, sections=sections)


def test_text_is_escaped_and_charts_are_inside() -> None:
    html = page()
    assert "<title>Runs &amp; &lt;more&gt;</title>" in html
    assert "<th>&lt;i&gt;run&lt;/i&gt;</th>" in html
    assert "<td>1 &lt; 2</td>" in html
    assert "<figcaption>&lt;b&gt;size&lt;/b&gt;</figcaption><svg " in html
    assert "<script" not in html
    assert html.startswith("<!doctype html>")


def test_nothing_is_fetched_and_both_colour_schemes_are_there() -> None:
    html = page()
    assert not [word for word in ("src=", "@import", "url(http", "<link", "http://", "https://") if word in html]
    for scheme in (LIGHT, DARK):
        assert " ".join(f"--{name}: {colour};" for name, colour in scheme.items()) in html
    assert html.count("<style>") == 1
    assert "prefers-color-scheme: dark" in html


def test_a_value_that_a_template_lacks_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        render("comparison.html.jinja", title="Runs")


@pytest.mark.parametrize(("shape", "side"), [((48, 48), 48), ((48, 48, 3), 48), ((224, 224, 3), 96)])
def test_a_picture_is_no_larger_than_it_is_shown(shape: tuple[int, ...], side: int) -> None:
    image = np.full(shape, (250, 20, 20) if len(shape) == 3 else 90, np.uint8)
    kind, content = data_uri(image).split(",")
    assert kind == "data:image/webp;base64"
    seen = cv2.imdecode(np.frombuffer(base64.b64decode(content), np.uint8), cv2.IMREAD_COLOR)
    assert seen.shape == (side, side, 3)
    assert seen[side // 2, side // 2, ::-1] == pytest.approx(image[0, 0], abs=8)  # decoded as BGR
