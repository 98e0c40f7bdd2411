"""The label that a model decides on, beside those of its heads: the labels of N faces, and how often it is unsure."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emoar.models.decision import MIRROR, Decision
from emoar.models.second import blended, second_share
from emoar.progress import Progress
from emoar.training.evaluation.metrics import Score, labelled, rounded, score
from emoar.training.evaluation.predictions import Predictions, mirror_images, predict_crops
from emoar.training.evaluation.predictor import Predictor
from emoar.training.evaluation.predictor_tflite import TflitePredictor

__all__ = ["Decided", "decide", "decision_of", "predict_second", "predict_with", "score_decided", "second_of"]


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


def predict_second(predictor: Predictor, crops: NDArray[np.uint8], what: str, progress: Progress) -> Predictions | None:
    """The second predictions of crops, for `decide`; None for a model whose decision takes none."""
    decision = decision_of(predictor)
    return predict_with(predictor, decision.second, crops, what, progress) if decision and decision.second else None


def predict_with(
    predictor: Predictor, second: str, crops: NDArray[np.uint8], what: str, progress: Progress
) -> Predictions:
    """The second predictions of crops by `second`, as in `Rule`.

    Raises:
        ModelMissing: there is no such model.
    """
    with second_of(predictor, second) as (network, mirrored):
        images = mirror_images(crops) if mirrored else crops
        return predict_crops(network, images, None, f"{what}, {second}", progress)


@contextmanager
def second_of(predictor: Predictor, second: str) -> Generator[tuple[Predictor, bool]]:
    """The network of the second predictions, and whether they are for mirror images; `second` is as in `Rule`.

    Raises:
        ModelMissing: there is no such model.
    """
    if second == MIRROR:
        yield predictor, True
        return
    network = TflitePredictor(second)
    try:
        yield network, False
    finally:
        network.close()


def decide(
    predictions: Predictions,
    decision: Decision,
    heads: Mapping[str, tuple[str, ...]],
    second: Predictions | None = None,
) -> Predictions:
    """The decided probabilities of the faces that have a prediction.

    Args:
        predictions: of the heads.
        decision: of the model.
        heads: the labels of each label set.
        second: the second predictions, where the decision takes them.
    """
    wide, others = _normalised(predictions), _normalised(second) if second else None
    decided = {name: values.copy() for name, values in predictions.probabilities.items()}
    for place in np.flatnonzero(predictions.found).tolist():
        face = {name: values[place] for name, values in wide.items()}
        other = {name: values[place] for name, values in others.items()} if others else None
        other = other and blended(face, other, second_share(face))
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
