"""The predictor for Core ML packages, on macOS only."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from emoar.errors import DependencyMissing, ModelMismatch
from emoar.models.metadata import info_from_dict
from emoar.training.evaluation.predictor import BatchProbabilities
from emoar.training.faces.inputs import FaceBatch, prepare_faces

__all__ = ["CoreMLPredictor", "runs_coreml"]


def runs_coreml() -> bool:
    """Whether this system has Core ML."""
    return sys.platform == "darwin"


class CoreMLPredictor:
    """A Core ML package as a `predictor.Predictor`, on the CPU.

    Raises:
        DependencyMissing: the system is not macOS, or `coremltools` is not installed.
        ModelMismatch: the package cannot be loaded, or has no valid description.
    """

    def __init__(self, path: Path) -> None:
        if not runs_coreml():
            raise DependencyMissing(f"{path.name}: Core ML runs on macOS only; evaluate the .tflite or the .onnx")
        try:
            coremltools: Any = import_module("coremltools")
        except ImportError as exc:
            raise DependencyMissing("Core ML needs coremltools: pip install coremltools") from exc
        try:
            self._model = coremltools.models.MLModel(str(path), compute_units=coremltools.ComputeUnit.CPU_ONLY)
            text = self._model.user_defined_metadata["emoar"]
        except Exception as exc:  # the loader raises its own classes of errors
            raise ModelMismatch(f"{path.name} is not a Core ML package of emoar export: {exc}") from exc
        info = info_from_dict(json.loads(text), f"the metadata of {path.name}")
        self.name = path.stem
        self.size_bytes = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
        self.label_sets, self.inputs = dict(info.heads), (info.input,)

    def predict(self, faces: FaceBatch) -> BatchProbabilities:
        (takes,) = self.inputs
        tensor = takes.to_batch(prepare_faces(faces, takes))
        rows = [self._model.predict({takes.tensor_name: tensor[i : i + 1]}) for i in range(len(tensor))]
        return {
            name: np.stack([np.asarray(row[name], np.float32).reshape(-1) for row in rows]) for name in self.label_sets
        }

    def close(self) -> None:
        del self._model
