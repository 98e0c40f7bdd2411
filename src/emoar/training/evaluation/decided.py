"""The label that a model decides on, beside those of its heads: the labels of N faces, and how often it is unsure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emoar.models.decision import Decision
from emoar.models.mirror import blended, mirror_share
from emoar.progress import Progress
from emoar.training.evaluation.metrics import Score, labelled, rounded, score
from emoar.training.evaluation.predictions import Predictions, mirror_images, predict_crops
from emoar.training.evaluation.predictor import Predictor

__all__ = ["Decided", "decide", "decision_of", "predict_mirrored", "score_decided"]


@dataclass(frozen=True, eq=False)
class Decided:
    """The metrics of decided labels in one label set."""

    score: Score  # of all faces, as if a face were never unsure
    unsure: float  # share of the faces whose confidence is too low for a label, 0..1; NaN without faces

    def as_dict(self) -> dict[str, Any]:
        """The metrics as values for JSON."""
        return {**self.score.as_dict(), "unsure": rounded(self.unsure)}


def decision_of(predictor: Predictor) -> Decision | None:
    """The decision of a model; None for one without rules, such as a checkpoint, whose heads give the label."""
    decision: Decision | None = getattr(predictor, "decision", None)
    return decision if decision and decision.rules else None


def predict_mirrored(
    predictor: Predictor, crops: NDArray[np.uint8], what: str, progress: Progress
) -> Predictions | None:
    """The predictions of mirror images, for `decide`; None for a model whose decision does not ask them."""
    decision = decision_of(predictor)
    if decision is None or not decision.asks_mirror:
        return None
    return predict_crops(predictor, mirror_images(crops), None, f"{what}, mirrored", progress)


def decide(
    predictions: Predictions,
    decision: Decision,
    heads: Mapping[str, tuple[str, ...]],
    mirrored: Predictions | None = None,
) -> Predictions:
    """The decided probabilities of the faces that have a prediction.

    Args:
        predictions: of the heads.
        decision: of the model.
        heads: the labels of each label set.
        mirrored: of the heads on the mirror images, where the decision asks them.
    """
    wide, mirror = _normalised(predictions), _normalised(mirrored) if mirrored else None
    decided = {name: values.copy() for name, values in predictions.probabilities.items()}
    for place in np.flatnonzero(predictions.found).tolist():
        face = {name: values[place] for name, values in wide.items()}
        other = {name: values[place] for name, values in mirror.items()} if mirror else None
        other = other and blended(face, other, mirror_share(face))
        for name, values in decision.decide(face, heads, other).items():
            decided[name][place] = values
    return Predictions(decided, predictions.found)


def _normalised(predictions: Predictions) -> dict[str, NDArray[np.float64]]:
    """The probabilities with sums of 1, as the smoother makes them."""
    wide = {name: values.astype(np.float64) for name, values in predictions.probabilities.items()}
    return {name: values / values.sum(axis=1, keepdims=True) for name, values in wide.items()}


def score_decided(
    decided: Predictions, decision: Decision, name: str, labels: tuple[str, ...], truth: NDArray[np.int64]
) -> Decided:
    """The metrics in the label set `name`, with (N,) true label indices or `NO_LABEL`."""
    probabilities, known = labelled(decided.probabilities[name], decided.seen(truth))
    unsure = probabilities.max(axis=1) < decision.unsure_below(name)
    return Decided(score(probabilities, known, labels), float(unsure.mean()) if len(known) else float("nan"))
