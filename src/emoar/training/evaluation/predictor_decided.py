"""The predictor for the label that is shown: a predictor, and the decision on its probabilities."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from emoar.models.decision import Decision
from emoar.models.inputs import ModelInput
from emoar.training.evaluation.predictor import BatchProbabilities, Predictor
from emoar.training.evaluation.predictor_tflite import TflitePredictor
from emoar.training.faces.inputs import FaceBatch

__all__ = ["DecidedPredictor", "shown"]


class DecidedPredictor:
    """A `predictor.Predictor` whose probabilities are decided: their largest is the confidence of the shown label."""

    def __init__(self, heads: Predictor, decision: Decision) -> None:
        self._heads, self._decision = heads, decision
        self.name, self.size_bytes = heads.name, heads.size_bytes
        self.label_sets: Mapping[str, tuple[str, ...]] = heads.label_sets
        self.inputs: Collection[ModelInput] = heads.inputs

    def predict(self, faces: FaceBatch) -> BatchProbabilities:
        found = {name: values.astype(np.float64) for name, values in self._heads.predict(faces).items()}
        rows = [{name: p[row] / p[row].sum() for name, p in found.items()} for row in range(len(faces))]
        decided = [self._decision.decide(row, self.label_sets) for row in rows]
        return {name: np.stack([row[name] for row in decided]).astype(np.float32) for name in self.label_sets}

    def close(self) -> None:
        self._heads.close()


def shown(predictor: Predictor) -> Predictor:
    """The predictor of the label that is shown; one without a decision is returned as it is.

    Models in other files than .tflite have no rules.
    """
    if isinstance(predictor, TflitePredictor) and predictor.decision.rules:
        return DecidedPredictor(predictor, predictor.decision)
    return predictor
