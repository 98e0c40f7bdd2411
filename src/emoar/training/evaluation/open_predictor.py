"""The predictor for a model, by the name of the model or the suffix of its file.

Only checkpoints need torch, and only .onnx files need ONNX Runtime; Core ML packages run on macOS only.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Final

from emoar.errors import DependencyMissing, ModelMissing
from emoar.training.evaluation.predictor import Predictor
from emoar.training.evaluation.predictor_tflite import TflitePredictor

__all__ = ["open_predictor"]

_OTHER_RUNTIMES: Final = (".onnx", ".mlpackage", ".pt")


def open_predictor(model: str | Path) -> Predictor:
    """Opens a shipped model by name, or a .tflite, .onnx, .mlpackage or .pt by path.

    Raises:
        ModelMissing: there is no such model.
        ModelMismatch: the file is not an expression model.
        TrainingError: the .pt is not a checkpoint of `emoar train`.
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
