"""The predictor for one .tflite or an ensemble of several, in LiteRT."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np

from emoar.models.expression import expression_model
from emoar.models.inputs import ModelInput
from emoar.perception.ensemble import ExpressionEnsemble
from emoar.training.evaluation.predictor import BatchProbabilities
from emoar.training.faces.inputs import FaceBatch

__all__ = ["TflitePredictor"]


class TflitePredictor:
    """A model of one or several .tflite files as a `predictor.Predictor`, run as in the live pipeline.

    The probabilities are those of the heads; `decision` has the rules for the label.

    Raises:
        ModelMissing: there is no such model.
        ModelMismatch: the file is not an expression model.
    """

    def __init__(self, model: str | Path) -> None:
        found = expression_model(model)
        self._ensemble = ExpressionEnsemble(found)
        self.name, self.decision = found.name, found.decision
        self.size_bytes = sum(member.path.stat().st_size for member in found.members)
        self.label_sets: Mapping[str, tuple[str, ...]] = self._ensemble.label_sets
        self.inputs: Collection[ModelInput] = self._ensemble.inputs
        self.can_mirror = self._ensemble.can_mirror

    def predict(self, faces: FaceBatch) -> BatchProbabilities:
        points = [None] * len(faces) if faces.landmarks_px is None else faces.landmarks_px
        rows = [self._ensemble.classify_crop(crop, face) for crop, face in zip(faces.crops, points, strict=True)]
        return {name: np.stack([row[name] for row in rows]) for name in self.label_sets}

    def close(self) -> None:
        self._ensemble.close()
