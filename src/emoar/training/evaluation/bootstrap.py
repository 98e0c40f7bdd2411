"""Bootstrap confidence intervals of metrics over the faces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import InputError
from emoar.training.evaluation.metrics import (
    accuracy_of,
    balanced_accuracy_of,
    f1_of,
    macro_f1_of,
    precision_of,
    recall_of,
    rounded,
)

__all__ = ["Intervals", "bootstrap"]

LEVEL: Final = 0.95


@dataclass(frozen=True, eq=False)
class Intervals:
    """95 % confidence intervals: lower and upper end, NaN for an undefined metric. C is the number of labels."""

    accuracy: NDArray[np.float64]  # (2,)
    balanced_accuracy: NDArray[np.float64]  # (2,)
    macro_f1: NDArray[np.float64]  # (2,)
    precision: NDArray[np.float64]  # (2, C)
    recall: NDArray[np.float64]  # (2, C)
    f1: NDArray[np.float64]  # (2, C)

    def as_dict(self, labels: tuple[str, ...]) -> dict[str, Any]:
        """The intervals as `[lower, upper]` for JSON; metrics of each label are keyed by the C `labels`."""
        figures = {"precision": self.precision, "recall": self.recall, "f1": self.f1}
        return {
            "accuracy": _pair(self.accuracy),
            "balanced_accuracy": _pair(self.balanced_accuracy),
            "macro_f1": _pair(self.macro_f1),
            **{
                name: {label: _pair(values[:, index]) for index, label in enumerate(labels)}
                for name, values in figures.items()
            },
        }


def bootstrap(
    truth: NDArray[np.int64], predicted: NDArray[np.int64], classes: int, resamples: int = 1000, seed: int = 0
) -> Intervals:
    """Percentile intervals over resamples of the faces, drawn with replacement (Efron, 1979).

    Balanced accuracy and macro-F1 of a resample are over the labels that occur in it, as in `score`. There is no
    interval for the calibration error: its value in resamples is biased upwards, since noise within a bin adds to the
    gap.

    Args:
        truth: (N,) label indices.
        predicted: (N,) label indices.
        classes: number of labels C.
        resamples: number of resamples, at least 1.
        seed: seed of the resampling.

    Raises:
        InputError: `resamples` is less than 1.
    """
    if resamples < 1:
        raise InputError(f"resamples must be at least 1, got {resamples}")
    rng = np.random.default_rng(seed)
    cells, count = truth * classes + predicted, len(truth)
    confusion = np.zeros((resamples, classes * classes), np.int64)
    for resample in confusion:
        drawn = cells[rng.integers(count, size=count)] if count else cells
        resample[:] = np.bincount(drawn, minlength=classes * classes)
    confusion = confusion.reshape(resamples, classes, classes)
    figures = (accuracy_of, balanced_accuracy_of, macro_f1_of, precision_of, recall_of, f1_of)
    return Intervals(*(_ends(figure(confusion)) for figure in figures))


def _ends(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """(2, ...) percentiles over the R resamples of (R, ...) values; NaN values are ignored."""
    exists = ~np.isnan(values).all(axis=0)
    ends = np.full((2, *values.shape[1:]), np.nan)
    ends[:, exists] = np.nanquantile(values[:, exists], [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return ends


def _pair(ends: NDArray[np.float64]) -> list[float | None]:
    return [rounded(ends[0]), rounded(ends[1])]
