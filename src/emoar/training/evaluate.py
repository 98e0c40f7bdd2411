"""How good a model file is, by the protocols of FER2013 and FER+. Needs no torch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DataError
from emoar.perception.classify import ExpressionClassifier
from emoar.training.dataset import NO_LABEL, FaceDataset

__all__ = ["Prediction", "Score", "expected_calibration_error", "predictions", "score", "score_all"]

Prediction = Mapping[str, NDArray[np.float32]]  # probabilities by label set


@dataclass(frozen=True, eq=False)
class Score:
    """The figures of one label set."""

    labels: tuple[str, ...]
    count: int  # faces with a label
    accuracy: float  # top-1
    macro_f1: float  # mean over the labels that occur in the data
    expected_calibration_error: float  # 15 equal bins
    precision: NDArray[np.float64]  # (C,), NaN where the label was never predicted
    recall: NDArray[np.float64]  # (C,), NaN where the label does not occur
    confusion: NDArray[np.int64]  # (C, C), rows are the true labels

    def as_dict(self) -> dict[str, Any]:
        """For JSON: plain values, `null` for a figure that does not exist."""
        return {
            "count": self.count,
            "accuracy": round(self.accuracy, 5),
            "macro_f1": round(self.macro_f1, 5),
            "ece": round(self.expected_calibration_error, 5),
            "precision": _by_label(self.labels, self.precision),
            "recall": _by_label(self.labels, self.recall),
            "confusion": self.confusion.tolist(),
        }


def predictions(model: Path, images: NDArray[np.uint8]) -> Iterator[Prediction]:
    """The probabilities of each of (N, 48, 48) grey crops, one after the other."""
    classifier = ExpressionClassifier(model)
    for image in images:
        yield classifier.classify(image)
    classifier.close()


def score_all(predicted: Sequence[Prediction], data: FaceDataset) -> dict[str, Score]:
    """The scores by label set; a set without a single label in the data is left out.

    Raises:
        DataError: no face has a label.
    """
    known = data.label_sets
    scores = {
        name: score(np.stack([p[name] for p in predicted]), data.truth(name), labels)
        for name, labels in known.items()
        if name in predicted[0]
    }
    if not scores:
        raise DataError("no face in the data has a label that the model knows")
    return scores


def score(probabilities: NDArray[np.float32], truth: NDArray[np.int64], labels: tuple[str, ...]) -> Score:
    """The figures of (N, C) probabilities against (N,) labels; rows with `NO_LABEL` do not count."""
    known = truth != NO_LABEL
    probabilities, truth = probabilities[known], truth[known]
    predicted = probabilities.argmax(axis=1)
    confusion = np.zeros((len(labels), len(labels)), np.int64)
    np.add.at(confusion, (truth, predicted), 1)
    hits, actual, guessed = np.diag(confusion), confusion.sum(axis=1), confusion.sum(axis=0)
    with np.errstate(invalid="ignore"):
        precision, recall = hits / guessed, hits / actual
    f1 = 2 * hits / np.maximum(actual + guessed, 1)
    return Score(
        labels=labels,
        count=len(truth),
        accuracy=float(hits.sum() / max(len(truth), 1)),
        macro_f1=float(f1[actual > 0].mean()) if actual.any() else float("nan"),
        expected_calibration_error=expected_calibration_error(probabilities, predicted == truth),
        precision=precision,
        recall=recall,
        confusion=confusion,
    )


def expected_calibration_error(probabilities: NDArray[np.float32], correct: NDArray[np.bool_], bins: int = 15) -> float:
    """Mean gap between confidence and accuracy over equal bins of confidence (Naeini et al., 2015)."""
    if not len(correct):
        return float("nan")
    confidence = probabilities.max(axis=1).astype(np.float64)
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    surplus = np.bincount(place, confidence - correct, minlength=bins)
    return float(np.abs(surplus).sum() / len(correct))


def _by_label(labels: tuple[str, ...], values: NDArray[np.float64]) -> dict[str, float | None]:
    return {
        label: None if np.isnan(value) else round(float(value), 5) for label, value in zip(labels, values, strict=True)
    }
