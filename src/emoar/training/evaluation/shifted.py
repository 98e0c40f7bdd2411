"""The metrics of a model on shifted crops."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DataError
from emoar.progress import Progress
from emoar.training.evaluation.decided import Decided, decide, decision_of, predict_second, score_decided
from emoar.training.evaluation.metrics import Score, rounded, score
from emoar.training.evaluation.predictions import Predictions, predict_crops
from emoar.training.evaluation.predictor import Predictor
from emoar.training.evaluation.shifts import Shift
from emoar.training.evaluation.truths import Truth

__all__ = ["ShiftResult", "score_shifts"]


@dataclass(frozen=True, eq=False)
class ShiftResult:
    """The metrics under one shift."""

    shift: Shift
    heads: Mapping[str, Score]  # by label set
    decided: Mapping[str, Decided]  # by label set; empty for a model without rules

    def as_dict(self) -> dict[str, Any]:
        """The results as values for JSON, without those of single labels."""
        decided = {name: {**_brief(each.score), "unsure": rounded(each.unsure)} for name, each in self.decided.items()}
        return {
            "name": self.shift.name,
            "about": self.shift.about,
            "label_sets": {name: _brief(each) for name, each in self.heads.items()},
            "decided": decided or None,
        }


def score_shifts(
    predictor: Predictor,
    images: NDArray[np.uint8],
    truths: Mapping[str, Truth],
    shifts: tuple[Shift, ...],
    progress: Progress,
) -> list[ShiftResult]:
    """Predicts the crops under each shift.

    A shift that leaves no face with a mesh, where the model needs one, has no result.

    Args:
        predictor: the model.
        images: (N, S, S) grey or (N, S, S, 3) RGB crops.
        truths: the true labels by label set.
        shifts: the shifts, each applied to the unshifted crops.
        progress: advances with each batch of faces.
    """
    results: list[ShiftResult] = []
    for shift in shifts:
        try:
            what, shifted = f"shift {shift.name}", shift(images)
            predictions = predict_crops(predictor, shifted, None, what, progress)
            second = predict_second(predictor, shifted, what, progress)
        except DataError:
            continue
        results.append(_scored(predictor, shift, predictions, second, truths))
    return results


def _scored(
    predictor: Predictor,
    shift: Shift,
    predictions: Predictions,
    second: Predictions | None,
    truths: Mapping[str, Truth],
) -> ShiftResult:
    heads = {
        name: score(predictions.probabilities[name], predictions.seen(truth.index), truth.labels)
        for name, truth in truths.items()
    }
    decision = decision_of(predictor)
    if decision is None:
        return ShiftResult(shift, heads, {})
    labels = decide(predictions, decision, predictor.label_sets, second)
    decided = {name: score_decided(labels, decision, name, truth.labels, truth.index) for name, truth in truths.items()}
    return ShiftResult(shift, heads, decided)


def _brief(found: Score) -> dict[str, Any]:
    return {
        "count": found.count,
        "accuracy": rounded(found.accuracy),
        "balanced_accuracy": rounded(found.balanced_accuracy),
        "ece": rounded(found.expected_calibration_error),
        "accuracy_at_80_percent": rounded(found.coverage.accuracy_at(0.8)),
    }
