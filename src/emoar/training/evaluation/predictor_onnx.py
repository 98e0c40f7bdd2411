"""An .onnx judges faces, in ONNX Runtime on the CPU."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false
# (the runtime is typed only in part)
from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DependencyMissing, ModelMismatch
from emoar.models.metadata import ModelInfo, info_from_dict, read_info
from emoar.perception.align import convert_crop
from emoar.perception.ensemble import Probabilities
from emoar.types import LANDMARK_COUNT

__all__ = ["OnnxPredictor"]

METADATA_KEY: Final = "emoar"  # where `emoar export` puts the description
_QUIET: Final = 3  # errors only


class OnnxPredictor:
    """See `judging.Predictor`.

    Raises:
        DependencyMissing: `onnxruntime` is not installed.
        ModelMismatch: the file is no ONNX model, or not as its description says.
    """

    def __init__(self, path: Path) -> None:
        try:
            import onnxruntime
        except ImportError as exc:
            raise DependencyMissing("an .onnx needs onnxruntime: pip install onnxruntime") from exc
        options = onnxruntime.SessionOptions()
        options.log_severity_level = _QUIET
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        try:
            self._session: Any = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as exc:  # the runtime has error classes of its own, one for each way to fail
            raise ModelMismatch(f"{path.name} is not a model that ONNX Runtime can load: {exc}") from exc
        self._info = _description(self._session, path)
        self._input, self._channels_first = _input(self._session, self._info, path)
        missing = set(self._info.heads) - {output.name for output in self._session.get_outputs()}
        if missing:
            raise ModelMismatch(f"{path.name} has no output named {', '.join(sorted(missing))}")
        self.name, self.size_bytes = path.stem, path.stat().st_size
        self.label_sets = dict(self._info.heads)
        self.needs_landmarks = self._info.kind == "mesh"

    def predict(self, crops: NDArray[np.uint8], landmarks_px: NDArray[np.float32] | None) -> Iterator[Probabilities]:
        faces = landmarks_px if self.needs_landmarks else crops
        assert faces is not None
        names = list(self.label_sets)
        for face in faces:
            said = self._session.run(names, {self._input: self._tensor(face)})
            yield {name: np.asarray(p[0], np.float32) for name, p in zip(names, said, strict=True)}

    def close(self) -> None:
        self._session = None

    def _tensor(self, face: NDArray[Any]) -> NDArray[np.float32]:
        if self.needs_landmarks:
            return face[None].astype(np.float32)
        crop = convert_crop(face, self._info.size_px, self._info.channels).astype(np.float32)
        crop = crop[..., None] if crop.ndim == 2 else crop
        return np.ascontiguousarray(crop.transpose(2, 0, 1) if self._channels_first else crop)[None]


def _description(session: Any, path: Path) -> ModelInfo:
    text = session.get_modelmeta().custom_metadata_map.get(METADATA_KEY)
    if text is None:
        return read_info(path) or ModelInfo(path.stem)
    try:
        return info_from_dict(json.loads(text), f"{METADATA_KEY} in the metadata of {path.name}")
    except ValueError as exc:
        raise ModelMismatch(f"the description in {path.name} is damaged ({exc}): export the model again") from exc


def _input(session: Any, info: ModelInfo, path: Path) -> tuple[str, bool]:
    """The name of the one input, and whether its channels come first."""
    inputs = session.get_inputs()
    side, channels = info.size_px, info.channels
    shapes = (
        [(LANDMARK_COUNT, 3)] if info.kind == "mesh" else [(channels, side, side), (side, side, channels)]
    )  # without the first axis, which may be of any length
    if len(inputs) == 1 and inputs[0].type == "tensor(float)" and tuple(inputs[0].shape[1:]) in shapes:
        return str(inputs[0].name), tuple(inputs[0].shape[1:]) == shapes[0]
    has = ", ".join(f"{i.name} {i.shape} {i.type}" for i in inputs)
    wanted = " or ".join(str((1, *shape)) for shape in shapes)
    raise ModelMismatch(f"{path.name}: expected an input {wanted} float32, it has {has}; describe it in a .json")
