"""Runs as charts, in a file of each kind."""

from __future__ import annotations

from pathlib import Path

import pytest
from compared_runs import FINISHED, MEASURED, STARTED

pytest.importorskip("jinja2", reason="pages need Jinja2: pip install 'emoar[report]'")
pytest.importorskip("matplotlib", reason="charts need matplotlib: pip install 'emoar[report]'")

from emoar.errors import InputError, OutputError
from emoar.training.report.comparison_page import figure_charts, learning_charts, write_plot

RUNS = (STARTED, FINISHED, MEASURED)


def test_each_label_set_with_a_history_and_the_loss_have_curves() -> None:
    assert [chart.title for chart in learning_charts(RUNS)] == ["FER2013: top-1 on PublicTest", "loss"]
    assert learning_charts([MEASURED]) == []


def test_each_figure_has_bars() -> None:
    titles = [chart.title for chart in figure_charts(RUNS)]
    assert titles[:3] == ["FER2013 top-1", "FER+ top-1", "FER+ balanced"]
    assert {"parameters", "size", "latency, 1 thread", "seconds an epoch"} < set(titles)


def test_the_ending_decides_what_is_written(tmp_path: Path) -> None:
    for name in ("runs.html", "runs.SVG", "runs.png"):
        write_plot(RUNS, tmp_path / name, "PublicTest")
    html = (tmp_path / "runs.html").read_text("utf-8")
    assert html.count("<svg ") == len(learning_charts(RUNS)) + len(figure_charts(RUNS))
    assert "<th>runs/&lt;one&gt;</th>" in html
    assert "50.00 % (40.00 to 65.00)" in html
    assert "Top-1, balanced accuracy and macro-F1: PublicTest." in html
    svg = (tmp_path / "runs.SVG").read_text("utf-8")
    assert svg.startswith("<?xml")
    assert "<title>Comparison of runs</title>" in svg
    assert "runs/&lt;one&gt;" in svg
    assert "var(--" not in svg
    assert (tmp_path / "runs.png").read_bytes().startswith(b"\x89PNG")


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"--plot takes a file"):
        write_plot(RUNS, tmp_path / "runs.pdf", "PublicTest")
    (tmp_path / "folder.svg").mkdir()
    with pytest.raises(OutputError, match="folder"):
        write_plot(RUNS, tmp_path / "folder.svg", "PublicTest")
