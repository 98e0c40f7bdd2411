"""The most confident mistakes of an evaluation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emoar.training.evaluation.results import Evaluation

__all__ = ["Mistake", "mistakes"]


@dataclass(frozen=True)
class Mistake:
    """A face whose predicted label differs from the true label."""

    place: int  # position among the evaluated faces
    truth: int  # index of the true label
    predicted: int  # index of the predicted label
    confidence: float  # probability of the predicted label, 0..1


def mistakes(evaluation: Evaluation, label_set: str, count: int) -> list[Mistake]:
    """At most `count` mistakes of one label set, by descending confidence."""
    result = evaluation.sets[label_set]
    places = np.flatnonzero((result.truth >= 0) & evaluation.predictions.found)
    probabilities, truth = evaluation.predictions.probabilities[label_set][places], result.truth[places]
    predicted, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    wrong = np.flatnonzero(predicted != truth)
    worst = wrong[np.argsort(-confidence[wrong], kind="stable")][:count]
    return [Mistake(int(places[i]), int(truth[i]), int(predicted[i]), float(confidence[i])) for i in worst]
