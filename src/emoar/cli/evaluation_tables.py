"""The tables of `emoar evaluate`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from emoar.labels import title_of
from emoar.report.text import percent
from emoar.training.evaluation.bootstrap import Intervals
from emoar.training.evaluation.coverage import SHARES
from emoar.training.evaluation.metrics import Score
from emoar.training.evaluation.results import Evaluation, LabelSetResult
from emoar.training.report.shift_table import SHIFT_HEADINGS, shift_tables

__all__ = ["print_evaluation"]

_SCORE: tuple[str, ...] = (
    *("faces", "top-1", "  95 %", "balanced", "  95 %", "macro-F1", "  95 %", "ECE"),
    *(f"top-1, surest {share:.0%}" for share in SHARES if share < 1),
    "AURC",
)
_FITTED: tuple[str, ...] = ("ECE, refitted", "  temperature", "one tagger")


def print_evaluation(found: Evaluation, data: str) -> None:
    """Prints all tables; `data` is the name of the data."""
    console = Console()
    console.print(f"[bold]{found.model}[/], {data}, {found.options.split}: {len(found.faces)} faces", highlight=False)
    if not found.predictions.found.all():
        console.print(
            f"{int(found.predictions.found.sum())} of them have a mesh, which the model needs", highlight=False
        )
    console.print(_summary(found))
    if any(result.calibration and result.calibration.same_faces for result in found.sets.values()):
        console.print("[dim]* fitted on these same faces: a little flattering[/]", highlight=False)
    for name, result in found.sets.items():
        if result.unknown:
            console.print(f"{title_of(name)}: {result.unknown} faces have labels that the model lacks", highlight=False)
        console.print(f"[bold]{title_of(name)}[/]", _by_label(result.score), _confusion(result.score))
    if found.through:
        console.print(
            f"[bold]Through the pipeline:[/] the detector sees {found.detected} of {len(found.faces)} faces, "
            f"the mesh holds on {int(found.through.found.sum())}",
            _pipeline(found),
            highlight=False,
        )
    for name in found.sets if found.options.shifts else ():
        for title, rows in shift_tables(found, name):
            console.print(f"[bold]{title}, under shifts[/]", _shifts(rows), highlight=False)


def _summary(found: Evaluation) -> Table:
    table = Table("", box=SIMPLE, pad_edge=False)
    cells: list[tuple[str, ...]] = []
    for name, result in found.sets.items():
        table.add_column(title_of(name), justify="right", no_wrap=True)
        figures = _figures(result.score, result.intervals)
        cells.append((*figures, "-", *_fitted(result), _tagger(result), *_missing(result)))
        if result.decided and result.decided_intervals:
            table.add_column("decided", justify="right", no_wrap=True)
            figures = _figures(result.decided.score, result.decided_intervals)
            cells.append((*figures, percent(result.decided.unsure), *([""] * (len(_FITTED) + 1))))
        if result.flip and result.flip_intervals:
            table.add_column("+ mirror", justify="right")
            figures = _figures(result.flip, result.flip_intervals)
            cells.append((*figures, *([""] * (len(_FITTED) + 2))))
    overall = any(result.overall for result in found.sets.values())
    headings = (*_SCORE, "unsure", *_FITTED, *(["top-1, missing are wrong"] if overall else []))
    for row in zip(headings, *cells, strict=False):
        table.add_row(*row)
    return table


def _figures(score: Score, ends: Intervals) -> tuple[str, ...]:
    return (
        str(score.count),
        f"[bold]{percent(score.accuracy, 2)}[/]",
        f"[dim]{_between(ends.accuracy * 100, 1)}[/]",
        percent(score.balanced_accuracy, 2),
        f"[dim]{_between(ends.balanced_accuracy * 100, 1)}[/]",
        f"{score.macro_f1:.3f}",
        f"[dim]{_between(ends.macro_f1, 3)}[/]",
        percent(score.expected_calibration_error, 2),
        *(percent(score.coverage.accuracy_at(share)) for share in SHARES if share < 1),
        f"{score.coverage.area_under_risk:.3f}",
    )


def _fitted(result: LabelSetResult) -> tuple[str, str]:
    fitted = result.calibration
    if fitted is None:
        return "-", "-"
    return percent(fitted.error, 2), f"{fitted.temperature:.3f}{' *' if fitted.same_faces else ''}"


def _tagger(result: LabelSetResult) -> str:
    return percent(result.tagger.accuracy, 2) if result.tagger else "-"


def _missing(result: LabelSetResult) -> tuple[str]:
    return (percent(result.overall.accuracy, 2) if result.overall else "",)


def _by_label(score: Score) -> Table:
    table = Table("label", "faces", "precision", "recall", "F1", box=SIMPLE)
    for index, label in enumerate(score.labels):
        figures = (percent(values[index]) for values in (score.precision, score.recall, score.f1))
        table.add_row(label, str(score.support[index]), *figures)
    return table


def _confusion(score: Score) -> Table:
    table = Table(box=SIMPLE, padding=(0, 1, 0, 0))
    table.add_column("true \\ called", no_wrap=True)
    for label in score.labels:
        table.add_column(label[:6], justify="right", no_wrap=True)
    for label, row in zip(score.labels, score.confusion.tolist(), strict=True):
        table.add_row(label, *(str(count) for count in row))
    return table


def _shifts(rows: Sequence[Sequence[str]]) -> Table:
    table = Table(*SHIFT_HEADINGS, box=SIMPLE, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    for row in rows:
        table.add_row(*row)
    return table


def _pipeline(found: Evaluation) -> Table:
    table = Table(
        "", "with a mesh", "re-aligned", "own crops", "all faces", "missing are wrong", box=SIMPLE, pad_edge=False
    )
    for name, result in found.sets.items():
        if result.pipeline:
            re, own, overall = result.pipeline.realigned, result.pipeline.own, result.pipeline.overall
            ends = overall.intervals.accuracy
            table.add_row(
                title_of(name),
                str(re.count),
                percent(re.accuracy, 2),
                percent(own.accuracy, 2),
                str(overall.count),
                f"{percent(overall.accuracy, 2)} [dim]({_between(ends * 100, 1)})[/]",
            )
    return table


def _between(ends: NDArray[np.float64], digits: int) -> str:
    return f"{ends[0]:.{digits}f}-{ends[1]:.{digits}f}"
