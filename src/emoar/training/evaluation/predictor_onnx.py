"""The predictor for .onnx files, in ONNX Runtime on one CPU thread."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import numpy as np

from emoar.errors import DependencyMissing, ModelMismatch
from emoar.models.inputs import Layout
from emoar.models.metadata import ModelInfo, info_from_dict, read_info
from emoar.training.evaluation.predictor import BatchProbabilities
from emoar.training.faces.inputs import FaceBatch, prepare_faces

__all__ = ["OnnxPredictor"]

METADATA_KEY: Final = "emoar"  # key of the description that `emoar export` writes
_ERRORS_ONLY: Final = 3


class OnnxPredictor:
    """An .onnx file as a `predictor.Predictor`.

    Raises:
        DependencyMissing: `onnxruntime` is not installed.
        ModelMismatch: the file is not an ONNX model, or does not fit its description.
    """

    def __init__(self, path: Path) -> None:
        try:
            import onnxruntime
        except ImportError as exc:
            raise DependencyMissing("an .onnx needs onnxruntime: pip install onnxruntime") from exc
        options = onnxruntime.SessionOptions()
        options.log_severity_level = _ERRORS_ONLY
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        try:
            self._session: Any = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as exc:  # the runtime raises many classes of errors
            raise ModelMismatch(f"{path.name} is not a model that ONNX Runtime can load: {exc}") from exc
        info = _description(self._session, path)
        self._tensor = _input(self._session, info, path)
        missing = set(info.heads) - {output.name for output in self._session.get_outputs()}
        if missing:
            raise ModelMismatch(f"{path.name} has no output named {', '.join(sorted(missing))}")
        self.name, self.size_bytes = path.stem, path.stat().st_size
        self.label_sets, self.inputs = dict(info.heads), (info.input,)

    def predict(self, faces: FaceBatch) -> BatchProbabilities:
        (takes,), names = self.inputs, list(self.label_sets)
        tensor, layout = self._tensor
        values = takes.to_batch(prepare_faces(faces, takes), layout)
        # one face per run: the batch size of an exported file is 1
        rows = [self._session.run(names, {tensor: values[i : i + 1]}) for i in range(len(values))]
        return {name: np.concatenate([row[at] for row in rows], dtype=np.float32) for at, name in enumerate(names)}

    def close(self) -> None:
        self._session = None


def _description(session: Any, path: Path) -> ModelInfo:
    text = session.get_modelmeta().custom_metadata_map.get(METADATA_KEY)
    if text is None:
        return read_info(path) or ModelInfo(path.stem)
    try:
        return info_from_dict(json.loads(text), f"{METADATA_KEY} in the metadata of {path.name}")
    except ValueError as exc:
        raise ModelMismatch(f"the description in {path.name} is damaged ({exc}): export the model again") from exc


def _input(session: Any, info: ModelInfo, path: Path) -> tuple[str, Layout]:
    """The name of the input tensor, and its layout."""
    inputs = session.get_inputs()
    if len(inputs) == 1 and inputs[0].type == "tensor(float)":
        layout = info.input.layout_of(tuple(inputs[0].shape))
        if layout is not None:
            return str(inputs[0].name), layout
    has = ", ".join(f"{i.name} {i.shape} {i.type}" for i in inputs)
    wanted = " or ".join(map(str, info.input.shapes))
    raise ModelMismatch(f"{path.name}: expected an input {wanted} float32, it has {has}; describe it in a .json")
