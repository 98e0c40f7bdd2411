"""A comparison of runs as charts and as an HTML page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from emoar.files import atomic_write
from emoar.labels import title_of
from emoar.report.figure import Chart, sheet
from emoar.report.html_page import Table
from emoar.training.evaluation.compare_runs import ComparedRun
from emoar.training.report import check_plot
from emoar.training.report.charts import Bar, bars, learning_curves
from emoar.training.report.comparison_table import RunFigure, label_sets, rows, run_figures
from emoar.training.report.html_page import render

__all__ = ["figure_charts", "learning_charts", "write_plot"]

_TITLE: Final = "Comparison of runs"


@dataclass(frozen=True)
class _Section:
    title: str
    charts: list[Chart]


def learning_charts(runs: Sequence[ComparedRun]) -> list[Chart]:
    """Charts of PublicTest accuracy (one per label set) and of the loss over the epochs."""
    accuracies = {name: {run.name: _accuracy(run, name) for run in runs} for name in label_sets(runs)}
    losses = {run.name: [(float(e.number), e.loss) for e in run.history if math.isfinite(e.loss)] for run in runs}
    charts = [
        learning_curves(f"{title_of(name)}: top-1 on PublicTest", series, percentages=True)
        for name, series in accuracies.items()
        if any(series.values())
    ]
    return [*charts, *([learning_curves("loss", losses, percentages=False)] if any(losses.values()) else [])]


def figure_charts(runs: Sequence[ComparedRun]) -> list[Chart]:
    """A bar chart of each value that at least one run has."""
    return [bars(figure.title, [_bar(figure, run) for run in runs]) for figure in run_figures(runs)]


def write_plot(runs: Sequence[ComparedRun], path: Path, measured_on: str) -> None:
    """Writes the charts as .svg or .png, or charts and table as .html.

    Args:
        runs: the runs.
        path: the file to write; its suffix sets the format.
        measured_on: description of the data of the accuracies.

    Raises:
        InputError: the suffix is not one of `PLOT_KINDS`.
        DependencyMissing: matplotlib or Jinja2 is not installed.
        OutputError: the file cannot be written.
    """
    check_plot(path)
    kind = path.suffix.lower()
    content = (
        _page(runs, measured_on).encode()
        if kind == ".html"
        else sheet([*learning_charts(runs), *figure_charts(runs)], kind[1:], _TITLE)
    )
    atomic_write(path, content)


def _page(runs: Sequence[ComparedRun], measured_on: str) -> str:
    return render(
        "comparison.html.jinja",
        title=_TITLE,
        measured_on=measured_on,
        runs=Table(("", *(run.name for run in runs)), rows(runs, intervals=True)),
        sections=[_Section("Learning", learning_charts(runs)), _Section("Figures", figure_charts(runs))],
    )


def _bar(figure: RunFigure, run: ComparedRun) -> Bar:
    value = figure.value(run)
    return Bar(run.name, math.nan if value is None else value, figure.text(run), figure.interval(run))


def _accuracy(run: ComparedRun, label_set: str) -> list[tuple[float, float]]:
    points = ((float(epoch.number), epoch.accuracy.get(label_set, math.nan)) for epoch in run.history)
    return [(number, value) for number, value in points if math.isfinite(value)]
