"""The metrics of one label set, from probabilities and true labels. Pure functions on arrays.

A confusion matrix is (..., C, C) counts for C labels, with a row for each true label; leading axes, such as the
resamples of the bootstrap, are optional. Metrics are in 0..1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emoar.training.data.targets import NO_LABEL
from emoar.training.evaluation.calibration import expected_calibration_error
from emoar.training.evaluation.coverage import SHARES, Coverage, coverage_of

__all__ = [
    "Score",
    "accuracy_of",
    "balanced_accuracy_of",
    "by_label",
    "confusion_of",
    "f1_of",
    "labelled",
    "macro_f1_of",
    "precision_of",
    "recall_of",
    "rounded",
    "score",
    "score_labels",
]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Score:
    """The metrics of one label set."""

    labels: tuple[str, ...]
    count: int  # faces with a label
    accuracy: float  # top-1; NaN without faces
    balanced_accuracy: float  # mean recall over the labels that occur in the data; NaN without faces
    macro_f1: float  # mean F1 over the labels that occur in the data; NaN without faces
    expected_calibration_error: float  # over 15 equal bins of confidence; NaN without faces
    precision: Floats  # (C,), NaN where the label is never predicted
    recall: Floats  # (C,), NaN where the label does not occur
    f1: Floats  # (C,), NaN where the label neither occurs nor is predicted
    confusion: NDArray[np.int64]  # (C, C) counts, rows are the true labels
    coverage: Coverage  # accuracy of the most confident part of the faces

    @property
    def support(self) -> NDArray[np.int64]:
        """(C,) number of faces of each true label."""
        return self.confusion.sum(axis=1)

    def as_dict(self) -> dict[str, Any]:
        """The metrics as values for JSON, with None for undefined metrics."""
        return {
            "count": self.count,
            "accuracy": rounded(self.accuracy),
            "balanced_accuracy": rounded(self.balanced_accuracy),
            "macro_f1": rounded(self.macro_f1),
            "ece": rounded(self.expected_calibration_error),
            "accuracy_at_coverage": {str(share): rounded(self.coverage.accuracy_at(share)) for share in SHARES},
            "aurc": rounded(self.coverage.area_under_risk),
            "precision": by_label(self.labels, self.precision),
            "recall": by_label(self.labels, self.recall),
            "f1": by_label(self.labels, self.f1),
            "support": dict(zip(self.labels, self.support.tolist(), strict=True)),
            "confusion": self.confusion.tolist(),
        }


def score(probabilities: NDArray[np.float32], truth: NDArray[np.int64], labels: tuple[str, ...]) -> Score:
    """The metrics of (N, C) probabilities with (N,) true label indices; rows with `NO_LABEL` are ignored."""
    probabilities, truth = labelled(probabilities, truth)
    confidence = probabilities.max(axis=1).astype(np.float64)
    return score_labels(probabilities.argmax(axis=1), confidence, truth, labels)


def score_labels(
    predicted: NDArray[np.int64], confidence: NDArray[np.float64], truth: NDArray[np.int64], labels: tuple[str, ...]
) -> Score:
    """The metrics of predicted labels.

    Args:
        predicted: (N,) label indices.
        confidence: (N,) of these labels, 0..1.
        truth: (N,) true label indices, none of which is `NO_LABEL`.
        labels: the C labels.
    """
    confusion = confusion_of(truth, predicted, len(labels))
    return Score(
        labels=labels,
        count=len(truth),
        accuracy=float(accuracy_of(confusion)),
        balanced_accuracy=float(balanced_accuracy_of(confusion)),
        macro_f1=float(macro_f1_of(confusion)),
        expected_calibration_error=expected_calibration_error(confidence, predicted == truth),
        precision=precision_of(confusion),
        recall=recall_of(confusion),
        f1=f1_of(confusion),
        confusion=confusion,
        coverage=coverage_of(confidence, predicted == truth),
    )


def labelled(
    probabilities: NDArray[np.float32], truth: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """The rows of (N, C) probabilities and (N,) label indices whose index is not `NO_LABEL`."""
    known = truth != NO_LABEL
    return probabilities[known], truth[known]


def confusion_of(truth: NDArray[np.int64], predicted: NDArray[np.int64], classes: int) -> NDArray[np.int64]:
    """(C, C) confusion matrix of (N,) true and (N,) predicted label indices; rows are the true labels."""
    return np.bincount(truth * classes + predicted, minlength=classes * classes).reshape(classes, classes)


def accuracy_of(confusion: NDArray[np.int64]) -> Floats:
    """(...,) top-1 accuracy; NaN without faces."""
    return _ratio(_hits(confusion).sum(axis=-1), confusion.sum(axis=(-2, -1)))


def precision_of(confusion: NDArray[np.int64]) -> Floats:
    """(..., C) precision; NaN where a label is never predicted."""
    return _ratio(_hits(confusion), confusion.sum(axis=-2))


def recall_of(confusion: NDArray[np.int64]) -> Floats:
    """(..., C) recall; NaN where a label does not occur."""
    return _ratio(_hits(confusion), confusion.sum(axis=-1))


def f1_of(confusion: NDArray[np.int64]) -> Floats:
    """(..., C) F1; NaN where a label neither occurs nor is predicted."""
    return _ratio(2 * _hits(confusion), confusion.sum(axis=-1) + confusion.sum(axis=-2))


def balanced_accuracy_of(confusion: NDArray[np.int64]) -> Floats:
    """(...,) mean recall of the labels that occur; NaN where none does."""
    return _mean_where_it_occurs(recall_of(confusion), confusion)


def macro_f1_of(confusion: NDArray[np.int64]) -> Floats:
    """(...,) mean F1 of the labels that occur; NaN where none does."""
    return _mean_where_it_occurs(f1_of(confusion), confusion)


def rounded(value: float) -> float | None:
    """The value rounded to five decimals for JSON; None for NaN."""
    return None if np.isnan(value) else round(float(value), 5)


def by_label(labels: tuple[str, ...], values: Floats) -> dict[str, float | None]:
    """The (C,) values by label, rounded for JSON."""
    return {label: rounded(value) for label, value in zip(labels, values.tolist(), strict=True)}


def _hits(confusion: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.diagonal(confusion, axis1=-2, axis2=-1)


def _mean_where_it_occurs(values: Floats, confusion: NDArray[np.int64]) -> Floats:
    occurs = confusion.sum(axis=-1) > 0
    return _ratio(np.where(occurs, values, 0.0).sum(axis=-1), occurs.sum(axis=-1))


def _ratio(over: Any, under: Any) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.asarray(over, np.float64) / np.asarray(under, np.float64)
    return np.where(np.asarray(under) > 0, ratio, np.nan)
