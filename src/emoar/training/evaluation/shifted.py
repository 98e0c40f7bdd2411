"""The metrics of a model on shifted crops."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DataError
from emoar.progress import Progress
from emoar.training.evaluation.metrics import Score, rounded, score
from emoar.training.evaluation.predictions import predict_crops
from emoar.training.evaluation.predictor import Predictor
from emoar.training.evaluation.shifts import Shift

__all__ = ["ShiftResult", "score_shifts"]

Truths = Mapping[str, tuple[tuple[str, ...], NDArray[np.int64]]]  # label set -> its labels, (N,) truth


@dataclass(frozen=True, eq=False)
class ShiftResult:
    """The metrics under one shift."""

    shift: Shift
    scores: Mapping[str, Score]  # by label set

    def as_dict(self) -> dict[str, Any]:
        """The results as values for JSON, without those of single labels."""
        return {
            "name": self.shift.name,
            "about": self.shift.about,
            "label_sets": {name: _brief(each) for name, each in self.scores.items()},
        }


def score_shifts(
    predictor: Predictor, images: NDArray[np.uint8], truths: Truths, shifts: tuple[Shift, ...], progress: Progress
) -> list[ShiftResult]:
    """Predicts the crops under each shift.

    Args:
        predictor: the model.
        images: (N, S, S) grey or (N, S, S, 3) RGB crops.
        truths: the label sets to score.
        shifts: the shifts, each applied to the unshifted crops.
        progress: advances with each batch of faces.
    """
    results: list[ShiftResult] = []
    for shift in shifts:
        try:
            predictions = predict_crops(predictor, shift(images), None, f"shift {shift.name}", progress)
        except DataError:  # the model takes landmarks, and no shifted face has a mesh
            continue
        scores = {
            name: score(predictions.probabilities[name], predictions.seen(truth), labels)
            for name, (labels, truth) in truths.items()
        }
        results.append(ShiftResult(shift, scores))
    return results


def _brief(found: Score) -> dict[str, Any]:
    return {
        "count": found.count,
        "accuracy": rounded(found.accuracy),
        "balanced_accuracy": rounded(found.balanced_accuracy),
        "ece": rounded(found.expected_calibration_error),
        "accuracy_at_80_percent": rounded(found.coverage.accuracy_at(0.8)),
    }
