"""The label that a model decides on, beside those of its heads: the labels of N faces, and how often it is unsure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from emoar.training.evaluation.metrics import Score, labelled, rounded, score
from emoar.training.evaluation.predictions import Predictions
from emoar.training.evaluation.predictor import Predictor

__all__ = ["Decided", "DecisionRules", "decide", "rules_of", "score_decided"]

Floats = NDArray[np.float64]


class DecisionRules(Protocol):
    """How a model decides on a label, from the probabilities of all its heads."""

    def decide(self, probabilities: Mapping[str, Floats], heads: Mapping[str, tuple[str, ...]]) -> dict[str, Floats]:
        """The decided probabilities of one face by label set: the largest is that of the label, and its confidence."""
        ...

    def unsure_below(self, label_set: str) -> float:
        """The confidence below which a face is `unsure`, 0..1."""
        ...


@dataclass(frozen=True, eq=False)
class Decided:
    """The metrics of decided labels in one label set."""

    score: Score  # of all faces, as if a face were never unsure
    unsure: float  # share of the faces whose confidence is too low for a label, 0..1; NaN without faces

    def as_dict(self) -> dict[str, Any]:
        """The metrics as values for JSON."""
        return {**self.score.as_dict(), "unsure": rounded(self.unsure)}


def rules_of(predictor: Predictor) -> DecisionRules | None:
    """The rules of a model; None for one that has none, such as a checkpoint."""
    return getattr(predictor, "decision", None)


def decide(predictions: Predictions, rules: DecisionRules, heads: Mapping[str, tuple[str, ...]]) -> Predictions:
    """The decided probabilities of the faces that have a prediction.

    Args:
        predictions: of the heads.
        rules: of the model.
        heads: the labels of each label set.
    """
    wide = {name: values.astype(np.float64) for name, values in predictions.probabilities.items()}
    decided = {name: values.copy() for name, values in predictions.probabilities.items()}
    for place in np.flatnonzero(predictions.found).tolist():
        for name, values in rules.decide({name: each[place] for name, each in wide.items()}, heads).items():
            decided[name][place] = values
    return Predictions(decided, predictions.found)


def score_decided(
    decided: Predictions, rules: DecisionRules, name: str, labels: tuple[str, ...], truth: NDArray[np.int64]
) -> Decided:
    """The metrics in the label set `name`, with (N,) true label indices or `NO_LABEL`."""
    probabilities, known = labelled(decided.probabilities[name], decided.seen(truth))
    unsure = probabilities.max(axis=1) < rules.unsure_below(name)
    return Decided(score(probabilities, known, labels), float(unsure.mean()) if len(known) else float("nan"))
