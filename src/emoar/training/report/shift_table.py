"""The metrics of a label set under shifts as a table of text, with a row for each shift."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from emoar.report.text import percent
from emoar.training.evaluation.metrics import Score
from emoar.training.evaluation.shifted import ShiftResult

__all__ = ["SHIFT_HEADINGS", "shift_rows"]

SHIFT_HEADINGS: Final = ("shift", "top-1", "balanced", "ECE", "top-1 at 80 %")
_UNSHIFTED: Final = "none"


def shift_rows(plain: Score, shifts: Sequence[ShiftResult], label_set: str) -> list[tuple[str, ...]]:
    """The rows below `SHIFT_HEADINGS`: the name of the shift, then its metrics.

    Args:
        plain: the metrics of the unshifted faces, for the first row.
        shifts: the results of each shift.
        label_set: the label set of `plain`.
    """
    return [_row(_UNSHIFTED, plain), *(_row(each.shift.name, each.scores[label_set]) for each in shifts)]


def _row(name: str, found: Score) -> tuple[str, ...]:
    figures = (
        found.accuracy,
        found.balanced_accuracy,
        found.expected_calibration_error,
        found.coverage.accuracy_at(0.8),
    )
    return name, *map(percent, figures)
