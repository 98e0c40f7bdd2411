"""The metrics of a label set under shifts as a table of text, with a row for each shift."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from emoar.labels import title_of
from emoar.report.text import percent
from emoar.training.evaluation.metrics import Score
from emoar.training.evaluation.results import Evaluation

__all__ = ["SHIFT_HEADINGS", "shift_tables"]

SHIFT_HEADINGS: Final = ("shift", "top-1", "balanced", "ECE", "top-1 at 80 %", "unsure")
_UNSHIFTED: Final = "none"


def shift_tables(found: Evaluation, label_set: str) -> Iterator[tuple[str, list[tuple[str, ...]]]]:
    """The tables of one label set: a title, and the rows below `SHIFT_HEADINGS`, first of the unshifted faces.

    The first table is of the head, the second of the decided label, where the model has rules for it.
    """
    title, plain = title_of(label_set), found.sets[label_set]
    heads = ((each.shift.name, each.heads[label_set]) for each in found.shifts)
    yield f"{title}, the head", [_row(name, score) for name, score in ((_UNSHIFTED, plain.score), *heads)]
    if plain.decided:
        decided = ((each.shift.name, each.decided[label_set]) for each in found.shifts)
        rows = ((_UNSHIFTED, plain.decided), *decided)
        yield f"{title}, the decided label", [_row(name, each.score, each.unsure) for name, each in rows]


def _row(name: str, found: Score, unsure: float = float("nan")) -> tuple[str, ...]:
    figures: Sequence[float] = (
        found.accuracy,
        found.balanced_accuracy,
        found.expected_calibration_error,
        found.coverage.accuracy_at(0.8),
        unsure,
    )
    return name, *map(percent, figures)
