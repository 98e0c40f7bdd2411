"""A comparison of runs as a table of text, with a row for each value and a column for each run."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emoar.labels import title_of
from emoar.training.evaluation.compare_runs import ComparedRun

__all__ = ["RunFigure", "label_sets", "rows", "run_figures"]


@dataclass(frozen=True)
class RunFigure:
    """A numeric value of runs: a row of the table, and a chart."""

    title: str
    value: Callable[[ComparedRun], float | None]
    digits: int  # number of decimals
    unit: str = ""
    interval: Callable[[ComparedRun], tuple[float, float] | None] = lambda _run: None  # of 95 %, where it was measured

    def text(self, run: ComparedRun, *, interval: bool = False) -> str:
        """The value of a run as text, optionally with its interval; a dash where the run has none."""
        value, ends = self.value(run), self.interval(run)
        if value is None or not math.isfinite(value):
            return "-"
        between = f" ({ends[0]:.{self.digits}f} to {ends[1]:.{self.digits}f})" if interval and ends else ""
        return f"{value:.{self.digits}f} {self.unit}".rstrip() + between


def rows(runs: Sequence[ComparedRun], *, intervals: bool = False) -> list[tuple[str, ...]]:
    """The rows of the table: the name of a value, then the text of each run, with a dash for a missing value.

    Args:
        runs: the runs, one column each.
        intervals: adds 95 % intervals to the values that have them.
    """
    return [
        ("architecture", *(run.architecture or "-" for run in runs)),
        ("epochs", *map(_epochs, runs)),
        ("model file", *(run.model.name if run.model else "-" for run in runs)),
        *((figure.title, *(figure.text(run, interval=intervals) for run in runs)) for figure in run_figures(runs)),
    ]


def run_figures(runs: Sequence[ComparedRun]) -> list[RunFigure]:
    """The values that at least one run has, in the order of the table."""
    sets = label_sets(runs)
    figures = [
        *map(_top_1, sets),
        *map(_balanced, sets),
        *map(_at_80_percent, sets),
        *map(_macro_f1, sets),
        RunFigure("parameters", lambda run: run.cost.parameters / 1e6 if run.cost else None, 2, "M"),
        RunFigure("multiply-adds of a face", lambda run: run.cost.macs / 1e6 if run.cost else None, 1, "M"),
        RunFigure("size", lambda run: run.size_bytes / 1e6 if run.size_bytes else None, 2, "MB"),
        RunFigure("latency, 1 thread", lambda run: run.latency_ms, 2, "ms"),
        RunFigure("seconds an epoch", lambda run: run.seconds_an_epoch, 1),
    ]
    return [figure for figure in figures if any(figure.text(run) != "-" for run in runs)]


def label_sets(runs: Sequence[ComparedRun]) -> list[str]:
    """The label sets of all runs, in the order of their first occurrence."""
    return list(dict.fromkeys(name for run in runs for name in run.accuracy))


def _top_1(label_set: str) -> RunFigure:
    def value(run: ComparedRun) -> float | None:
        return 100 * run.accuracy[label_set] if label_set in run.accuracy else None

    def interval(run: ComparedRun) -> tuple[float, float] | None:
        return _ends(100 * run.scores[label_set].intervals.accuracy) if label_set in run.scores else None

    return RunFigure(f"{title_of(label_set)} top-1", value, 2, "%", interval)


def _balanced(label_set: str) -> RunFigure:
    def value(run: ComparedRun) -> float | None:
        return 100 * run.balanced_accuracy[label_set] if label_set in run.balanced_accuracy else None

    def interval(run: ComparedRun) -> tuple[float, float] | None:
        return _ends(100 * run.scores[label_set].intervals.balanced_accuracy) if label_set in run.scores else None

    return RunFigure(f"{title_of(label_set)} balanced", value, 2, "%", interval)


def _at_80_percent(label_set: str) -> RunFigure:
    def value(run: ComparedRun) -> float | None:
        return 100 * run.scores[label_set].score.coverage.accuracy_at(0.8) if label_set in run.scores else None

    return RunFigure(f"{title_of(label_set)} top-1, surest 80 %", value, 2, "%")


def _macro_f1(label_set: str) -> RunFigure:
    def interval(run: ComparedRun) -> tuple[float, float] | None:
        return _ends(run.scores[label_set].intervals.macro_f1) if label_set in run.scores else None

    return RunFigure(f"{title_of(label_set)} macro-F1", lambda run: run.macro_f1.get(label_set), 3, interval=interval)


def _ends(ends: NDArray[np.float64]) -> tuple[float, float] | None:
    low, high = ends.tolist()
    return (low, high) if math.isfinite(low) else None


def _epochs(run: ComparedRun) -> str:
    planned = f" of {run.planned}" if run.planned not in (None, run.epochs) else ""
    return f"{run.epochs}{planned}{'' if run.finished else ', not finished'}"
