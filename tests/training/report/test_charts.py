"""What each chart draws, on numbers that one can count by hand, and that it draws nothing of nothing."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

pytest.importorskip("matplotlib", reason="charts need matplotlib: pip install 'emoar[report]'")

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from emoar.report.figure import Chart, page_svg
from emoar.training.evaluation.calibration import reliability
from emoar.training.report import charts


def drawn(chart: Chart) -> Axes:
    axes = Figure().subplots()
    chart.draw(axes)
    return axes


def texts(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


def rectangles(axes: Axes) -> list[Rectangle]:
    return [patch for patch in axes.patches if isinstance(patch, Rectangle)]


def names(axes: Axes) -> list[str]:
    return [label.get_text() for label in axes.get_yticklabels()]


def legend(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_a_confusion_matrix_has_shares_and_counts() -> None:
    axes = drawn(charts.confusion_matrix(("a", "b"), np.array([[3, 1], [0, 2]])))
    assert texts(axes) == ["75%", "3", "25%", "1", "100%", "2"]
    assert names(axes) == ["a", "b"]
    assert axes.get_ylim() == (2, 0)  # the first label is at the top


def test_reliability_has_a_bar_for_each_bin_that_holds_faces() -> None:
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.62, 0.38]])
    found = reliability(probabilities, np.array([True, False, True]), bins=10)
    axes = drawn(charts.reliability_diagram(found, found))
    bars, gaps = rectangles(axes)[:2], rectangles(axes)[2:]
    assert [bar.get_x() for bar in bars] == pytest.approx([0.6, 0.9])
    assert [bar.get_height() for bar in bars] == [1.0, 0.5]
    assert [gap.get_height() for gap in gaps] == pytest.approx([-0.38, 0.4])
    assert {"model, ECE 39.3 %", "fitted temperature, ECE 39.3 %", "gap to confidence"} < set(legend(axes))


def test_confidence_counts_right_and_wrong_faces() -> None:
    confidence, correct = np.array([0.51, 0.55, 0.99, 1.0]), np.array([True, False, True, True])
    axes = drawn(charts.confidence_histogram(confidence, correct, bins=2))
    assert [bar.get_height() for bar in rectangles(axes)] == [0, 3, 0, 1]
    assert [bar.get_y() for bar in rectangles(axes)] == [0, 0, 0, 3]
    assert legend(axes) == ["correct (3)", "wrong (1)"]


def test_metrics_of_labels_have_bars_and_whiskers() -> None:
    recall, ends = np.array([0.5, math.nan]), np.array([[0.4, math.nan], [0.7, math.nan]])
    axes = drawn(charts.label_metrics(("a", "b"), {"recall": recall}, np.array([1200, 0]), {"recall": ends}))
    assert names(axes) == ["a (1,200)", "b (0)"]
    assert rectangles(axes)[0].get_width() == 0.5
    whisker = axes.collections[0].get_segments()[0]
    assert whisker[:, 0] == pytest.approx([0.4, 0.7])


def test_bars_have_texts_behind_their_intervals() -> None:
    rows = [charts.Bar("a", 2.0, "2.0 MB", (1.0, 4.0)), charts.Bar("none", math.nan, "-")]
    axes = drawn(charts.bars("size", rows))
    assert texts(axes) == ["2.0 MB", "-"]
    assert [text.xy[0] for text in axes.texts] == [4.0, 0.0]
    assert names(axes) == ["a", "none"]
    assert axes.get_xlim()[1] > 4


def test_stacked_bars_add_up() -> None:
    axes = drawn(charts.stacked_bars("faces", ("Training", "PublicTest"), {"happy": (3, 1), "sad": (0, 2)}))
    assert [(bar.get_x(), bar.get_width()) for bar in rectangles(axes)] == [(0, 3), (0, 0), (3, 1), (0, 2)]
    assert texts(axes) == ["4", "2"]
    assert legend(axes) == ["Training", "PublicTest"]


def test_a_histogram_spans_0_to_1() -> None:
    axes = drawn(charts.histogram("scores", [1, 0, 4, 2], "score"))
    assert [(bar.get_x(), bar.get_height()) for bar in rectangles(axes)] == [(0, 1), (0.25, 0), (0.5, 4), (0.75, 2)]


def test_every_one_of_many_runs_has_a_line_of_its_own() -> None:
    series = {f"_run {index}": [(1.0, 0.1), (2.0, 0.1 * index)] for index in range(9)} | {"new": []}
    axes = drawn(charts.learning_curves("top-1", series, percentages=True))
    assert len({(line.get_color(), line.get_linestyle()) for line in axes.lines}) == 10
    assert legend(axes) == list(series)


NO_FACES = reliability(np.zeros((0, 2)), np.zeros(0, np.bool_))
NOTHING: dict[str, Callable[[], Chart]] = {
    "confusion": lambda: charts.confusion_matrix(("a", "b"), np.zeros((2, 2), np.int64)),
    "one label": lambda: charts.confusion_matrix(("a",), np.array([[5]])),
    "many labels": lambda: charts.confusion_matrix([f"label {i}" for i in range(30)], np.eye(30, dtype=np.int64)),
    "reliability": lambda: charts.reliability_diagram(NO_FACES, NO_FACES),
    "confidence": lambda: charts.confidence_histogram(np.zeros(0), np.zeros(0, np.bool_)),
    "metrics": lambda: charts.label_metrics(
        ("a",), {"F1": np.array([math.nan])}, np.array([0]), {"F1": np.full((2, 1), math.nan)}
    ),
    "bars": lambda: charts.bars("nothing", [charts.Bar("a", math.nan, "-")]),
    "no bars": lambda: charts.bars("nothing", []),
    "stacked": lambda: charts.stacked_bars("nothing", ("Training",), {"a": (0,)}),
    "histogram": lambda: charts.histogram("nothing", [0, 0], "score"),
    "curves": lambda: charts.learning_curves("nothing", {"a": []}, percentages=False),
}


@pytest.mark.parametrize("make", NOTHING.values(), ids=NOTHING.keys())
def test_odd_numbers_draw_without_a_warning(make: Callable[[], Chart]) -> None:
    assert page_svg(make()).endswith("</svg>\n")
