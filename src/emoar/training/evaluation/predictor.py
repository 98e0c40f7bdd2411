"""One interface to every model: shipped ones, .tflite, .onnx, Core ML and checkpoints, for any labelled faces.

Only a checkpoint needs torch, only an .onnx needs ONNX Runtime; a Core ML package runs on macOS only.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DependencyMissing, ModelMissing
from emoar.models.expression import expression_model
from emoar.models.inputs import ModelInput
from emoar.perception.ensemble import ExpressionEnsemble
from emoar.training.faces.inputs import FaceBatch

__all__ = ["BatchProbabilities", "Predictor", "TflitePredictor", "open_predictor"]

BatchProbabilities = dict[str, NDArray[np.float32]]  # label set -> (N, labels)
_OTHER_RUNTIMES: Final = (".onnx", ".mlpackage", ".pt")


class Predictor(Protocol):
    """A model that gives the probability of each label."""

    @property
    def name(self) -> str:
        """The model's name in tables and messages."""
        ...

    @property
    def size_bytes(self) -> int:
        """The size of its files together."""
        ...

    @property
    def label_sets(self) -> Mapping[str, tuple[str, ...]]:
        """Its label sets, with their labels in the order of the probabilities."""
        ...

    @property
    def inputs(self) -> Collection[ModelInput]:
        """What its members take of a face: `face_batch` gives the faces that have all of it."""
        ...

    def predict(self, faces: FaceBatch) -> BatchProbabilities:
        """The probabilities of each face, (N, labels) by label set; crops may be of any size and colour.

        Raises:
            ModelMismatch, InputError: landmarks are needed, and the batch has none.
        """
        ...

    def close(self) -> None:
        """Frees the model."""
        ...


def open_predictor(model: str | Path) -> Predictor:
    """A shipped model by its name, or a .tflite, .onnx, .mlpackage or .pt by its path.

    Raises:
        ModelMissing: there is no such model.
        ModelMismatch: it is no expression model.
        TrainingError: the .pt is no checkpoint of `emoar train`.
        DependencyMissing: an .onnx needs ONNX Runtime, a .pt needs torch, an .mlpackage needs macOS and coremltools.
    """
    path = Path(model).expanduser()
    if path.suffix not in _OTHER_RUNTIMES:
        return TflitePredictor(model)
    if not path.exists():
        names = ", ".join(_OTHER_RUNTIMES)
        raise ModelMissing(f"{path} does not exist; --model takes a shipped model's name, a .tflite, {names}")
    if path.suffix == ".onnx":
        from emoar.training.evaluation.predictor_onnx import OnnxPredictor

        return OnnxPredictor(path)
    if path.suffix == ".mlpackage":
        from emoar.training.evaluation.predictor_coreml import CoreMLPredictor

        return CoreMLPredictor(path)
    if find_spec("torch") is None:
        raise DependencyMissing("a checkpoint needs torch: pip install 'emoar[train]'; or evaluate its .tflite")
    from emoar.training.evaluation.predictor_torch import TorchPredictor

    return TorchPredictor.from_checkpoint(path)


class TflitePredictor:
    """One .tflite or several, run as the live pipeline runs them.

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
