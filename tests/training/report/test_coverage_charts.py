"""What the charts of coverage and shifts draw, on numbers that one can count."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("matplotlib", reason="charts need matplotlib: pip install 'emoar[report]'")

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from emoar.report.figure import Chart, page_svg
from emoar.training.evaluation.coverage import coverage_of
from emoar.training.report.coverage_charts import coverage_curves, shift_chart


def drawn(chart: Chart) -> Axes:
    axes = Figure().subplots()
    chart.draw(axes)
    return axes


def test_a_curve_falls_from_the_surest_faces_to_all() -> None:
    right = np.arange(100) < 50
    curve = coverage_of(np.linspace(1, 0, 100), right)
    axes = drawn(coverage_curves({"FER+": curve}))
    (line,) = axes.lines
    x, y = line.get_data()
    assert (x[-1], y[0], y[-1]) == (1.0, 1.0, 0.5)
    (text,) = axes.get_legend().get_texts()
    assert text.get_text() == f"FER+, AURC {curve.area_under_risk:.3f}"


def test_a_shift_has_a_line_from_all_faces_to_the_surest() -> None:
    axes = drawn(shift_chart([("none", 0.8, 0.9), ("dark", 0.5, 0.6)]))
    assert [line.get_xdata().tolist() for line in axes.lines] == [[0.8, 0.9], [0.5, 0.6]]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["none  80.0 %", "dark  50.0 %"]


@pytest.mark.parametrize(
    "chart", [coverage_curves({"none": coverage_of(np.zeros(0), np.zeros(0, bool))}), shift_chart([])]
)
def test_no_faces_draw_nothing_and_do_not_fail(chart: Chart) -> None:
    assert page_svg(chart).startswith("<svg")
