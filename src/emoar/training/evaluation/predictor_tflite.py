"""A .tflite, or several that are averaged, in LiteRT."""

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
    """See `predictor.Predictor`: one .tflite or several, run as the live pipeline runs them.

    Raises:
        ModelMissing: there is no such model.
        ModelMismatch: it is no expression model.
    """

    def __init__(self, model: str | Path) -> None:
        found = expression_model(model)
        self._ensemble = ExpressionEnsemble(found)
        self.name = found.name
        self.size_bytes = sum(member.path.stat().st_size for member in found.members)
        self.label_sets: Mapping[str, tuple[str, ...]] = self._ensemble.label_sets
        self.inputs: Collection[ModelInput] = self._ensemble.inputs

    def predict(self, faces: FaceBatch) -> BatchProbabilities:
        points = [None] * len(faces) if faces.landmarks_px is None else faces.landmarks_px
        rows = [self._ensemble.classify_crop(crop, face) for crop, face in zip(faces.crops, points, strict=True)]
        return {name: np.stack([row[name] for row in rows]) for name in self.label_sets}

    def close(self) -> None:
        self._ensemble.close()
