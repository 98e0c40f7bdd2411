"""A comparison of runs as a table, as charts and as one page."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from emoar.errors import InputError
from emoar.files import atomic_write
from emoar.training.evaluation.compare_runs import ComparedRun
from emoar.training.report.charts import Bar, bars, curves
from emoar.training.report.drawing import Drawing, columns, to_png, to_svg
from emoar.training.report.evaluation_page import title_of
from emoar.training.report.html_page import figure, grid, heading, note, page, section, table

__all__ = ["PLOT_KINDS", "check_plot", "figure_charts", "learning_charts", "rows", "write_plot"]

PLOT_KINDS: Final = (".svg", ".png", ".html")
_TITLE: Final = "Comparison of runs"


@dataclass(frozen=True)
class _Figure:
    """A number that runs have: a row of the table, and a chart."""

    title: str
    value: Callable[[ComparedRun], float | None]
    form: str  # how it is written
    label_set: str = ""  # that it is the accuracy of

    def words(self, run: ComparedRun) -> str:
        """What stands in the table, and beside a bar."""
        value = self.value(run)
        return self.form.format(value) if value is not None and math.isfinite(value) else "-"

    def bar(self, run: ComparedRun) -> Bar:
        """With the interval, where it was measured."""
        value, result = self.value(run), run.scores.get(self.label_set)
        low, high = result.intervals.accuracy.tolist() if result else (math.nan, math.nan)
        ends = (100 * low, 100 * high) if math.isfinite(low) else None
        return Bar(run.name, math.nan if value is None else value, self.words(run), ends)


def rows(runs: Sequence[ComparedRun]) -> list[tuple[str, ...]]:
    """A row for each figure: its name, then what each run has; a dash where it has none."""
    return [
        ("architecture", *(run.architecture or "-" for run in runs)),
        ("epochs", *map(_epochs, runs)),
        ("model file", *(run.model.name if run.model else "-" for run in runs)),
        *((figure.title, *map(figure.words, runs)) for figure in _figures(runs)),
    ]


def learning_charts(runs: Sequence[ComparedRun]) -> list[Drawing]:
    """Accuracy and loss over the epochs."""
    accuracies = [
        curves(f"{title_of(name)}: top-1 on PublicTest", {run.name: _learning(run, name) for run in runs}, percent=True)
        for name in _label_sets(runs)
        if any(_learning(run, name) for run in runs)
    ]
    losses = {run.name: [(e.number, e.loss) for e in run.history if math.isfinite(e.loss)] for run in runs}
    return [*accuracies, *([curves("loss", losses, percent=False)] if any(losses.values()) else [])]


def figure_charts(runs: Sequence[ComparedRun]) -> list[Drawing]:
    """A bar chart of each figure that at least one run has."""
    return [bars(figure.title, list(map(figure.bar, runs))) for figure in _figures(runs)]


def check_plot(path: Path) -> None:
    """Whether the file's name says what it shall be.

    Raises:
        InputError: it does not.
    """
    if path.suffix.lower() not in PLOT_KINDS:
        raise InputError(f"--plot takes a file that ends in {', '.join(PLOT_KINDS)}, got {path.name}")


def write_plot(runs: Sequence[ComparedRun], path: Path, measured_on: str) -> None:
    """Writes the charts as .svg or .png, or with the table as one .html.

    Args:
        runs: what is shown.
        path: its ending decides.
        measured_on: what accuracies were measured on, in words.

    Raises:
        InputError: another ending.
        OutputError: the file cannot be written.
    """
    check_plot(path)
    kind = path.suffix.lower()
    if kind == ".html":
        atomic_write(path, _page(runs, measured_on).encode())
        return
    whole = columns([*learning_charts(runs), *figure_charts(runs)], 2, _TITLE)
    atomic_write(path, to_png(whole) if kind == ".png" else to_svg(whole, ground=True).encode())


def _page(runs: Sequence[ComparedRun], measured_on: str) -> str:
    return page(
        _TITLE,
        (
            heading(_TITLE),
            note(f"Top-1 and macro-F1: {measured_on}."),
            table(("", *(run.name for run in runs)), rows(runs)),
            section("Learning", [grid(map(figure, learning_charts(runs)))]),
            section("Figures", [grid(map(figure, figure_charts(runs)))]),
        ),
    )


def _figures(runs: Sequence[ComparedRun]) -> list[_Figure]:
    """Those that at least one run has."""
    sets = _label_sets(runs)
    figures = [
        *(_Figure(f"{title_of(name)} top-1", _percent_of(name), "{:.2f} %", name) for name in sets),
        *(_Figure(f"{title_of(name)} macro-F1", _macro_f1_of(name), "{:.3f}") for name in sets),
        _Figure("parameters", lambda run: run.cost.parameters / 1e6 if run.cost else None, "{:.2f} M"),
        _Figure("multiply-adds of a face", lambda run: run.cost.macs / 1e6 if run.cost else None, "{:.1f} M"),
        _Figure("size", lambda run: run.size_bytes / 1e6 if run.size_bytes else None, "{:.2f} MB"),
        _Figure("latency, 1 thread", lambda run: run.latency_ms, "{:.2f} ms"),
        _Figure("seconds an epoch", lambda run: run.seconds_an_epoch, "{:.1f}"),
    ]
    return [figure for figure in figures if any(figure.words(run) != "-" for run in runs)]


def _percent_of(label_set: str) -> Callable[[ComparedRun], float | None]:
    return lambda run: 100 * run.accuracy[label_set] if label_set in run.accuracy else None


def _macro_f1_of(label_set: str) -> Callable[[ComparedRun], float | None]:
    return lambda run: run.macro_f1.get(label_set)


def _learning(run: ComparedRun, label_set: str) -> list[tuple[float, float]]:
    points = ((epoch.number, epoch.accuracy.get(label_set, math.nan)) for epoch in run.history)
    return [(number, value) for number, value in points if math.isfinite(value)]


def _label_sets(runs: Sequence[ComparedRun]) -> list[str]:
    """Of any run, in the order in which they are met."""
    return list(dict.fromkeys(name for run in runs for name in run.accuracy))


def _epochs(run: ComparedRun) -> str:
    planned = f" of {run.planned}" if run.planned not in (None, run.epochs) else ""
    return f"{run.epochs}{planned}{'' if run.finished else ', not finished'}"
