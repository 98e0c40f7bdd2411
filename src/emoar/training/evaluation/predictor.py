"""Whatever can judge faces, behind one interface: shipped models, .tflite, .onnx and checkpoints.

Only a checkpoint needs torch, only an .onnx needs ONNX Runtime.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DependencyMissing, ModelMissing
from emoar.models.expression import expression_model
from emoar.perception.ensemble import ExpressionEnsemble, Probabilities
from emoar.training.data.read import FaceDataset

__all__ = ["Predictor", "open_predictor"]


class Predictor(Protocol):
    """Says how probable each label is, of many faces."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    @property
    def size_bytes(self) -> int:
        """Of its files together."""
        ...

    @property
    def label_sets(self) -> Mapping[str, tuple[str, ...]]:
        """The label sets that it knows, with their labels in order."""
        ...

    @property
    def needs_landmarks(self) -> bool:
        """Whether a crop alone is not enough."""
        ...

    def predict(self, crops: NDArray[np.uint8], landmarks_px: NDArray[np.float32] | None) -> Iterator[Probabilities]:
        """The probabilities of each of (N, S, S[, 3]) crops in turn; (N, 468, 3) landmarks where they are needed."""
        ...

    def close(self) -> None:
        """Frees the model."""
        ...


def open_predictor(model: str, data: FaceDataset) -> Predictor:
    """A shipped model by its name, or a .tflite, .onnx or .pt by its path.

    Args:
        model: the name or path.
        data: the faces; a checkpoint of before sizes were recorded takes crops of their size.

    Raises:
        ModelMissing: there is no such model.
        ModelMismatch: it is no expression model.
        TrainingError: the .pt is no checkpoint of ours.
        DependencyMissing: an .onnx needs ONNX Runtime, a .pt needs torch.
    """
    path = Path(model).expanduser()
    if path.suffix not in (".onnx", ".pt"):
        return _TflitePredictor(model)
    if not path.is_file():
        raise ModelMissing(f"{path} does not exist; --model takes a shipped model's name, a .tflite, .onnx or .pt")
    if path.suffix == ".onnx":
        from emoar.training.evaluation.predictor_onnx import OnnxPredictor

        return OnnxPredictor(path)
    if find_spec("torch") is None:
        raise DependencyMissing("a checkpoint needs torch: pip install 'emoar[train]'; or evaluate its .tflite")
    from emoar.training.evaluation.predictor_torch import CheckpointPredictor

    return CheckpointPredictor(path, data)


class _TflitePredictor:
    """One .tflite or several, exactly as the pipeline runs them."""

    def __init__(self, model: str) -> None:
        found = expression_model(model)
        self._judge = ExpressionEnsemble(found)
        self.name = found.name
        self.size_bytes = sum(member.path.stat().st_size for member in found.members)
        self.label_sets: Mapping[str, tuple[str, ...]] = self._judge.label_sets
        self.needs_landmarks = self._judge.needs_landmarks

    def predict(self, crops: NDArray[np.uint8], landmarks_px: NDArray[np.float32] | None) -> Iterator[Probabilities]:
        for index, crop in enumerate(crops):
            yield self._judge.classify_crop(crop, None if landmarks_px is None else landmarks_px[index])

    def close(self) -> None:
        self._judge.close()
