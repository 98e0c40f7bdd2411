"""The expression of one face, by one model: from its aligned crop or from its landmarks."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import InputError, ModelMismatch
from emoar.models.metadata import ModelInfo, read_info
from emoar.runtime import NotAModel, Session
from emoar.types import LANDMARK_COUNT

__all__ = ["ExpressionClassifier"]

_CURE: Final = (
    "export it with emoar export, or describe it in {beside}: "
    '{{"format": 1, "kind": "crop", "size_px": 48, "channels": 1, '
    '"heads": {{"custom": ["first label", "second label"]}}}}'
)


class ExpressionClassifier:
    """Runs an expression model: ours, or one of the user's own with its own labels.

    The labels are in the file or in a .json beside it (`emoar.models.metadata`);
    a file without a description must be like
    the first ones: a (48, 48) grey crop in, `ferplus` and `fer2013` out.

    Attributes:
        info: what the model takes and says.

    Raises:
        ModelMismatch: no such model; the message says what is to be done.
    """

    def __init__(self, model: Path, threads: int = 1) -> None:
        described = read_info(model)
        self.info: ModelInfo = described or ModelInfo(model.stem)
        outputs = {name: (1, len(labels)) for name, labels in self.info.heads.items()}
        try:
            self._session = Session(model, _input_shapes(self.info), outputs, threads)
        except NotAModel:
            raise
        except ModelMismatch as exc:
            if described is not None:
                raise
            cure = _CURE.format(beside=model.with_suffix(".json").name)
            raise ModelMismatch(f"{exc}; it does not say what it is: {cure}") from exc
        self._channels_first = self.info.kind == "crop" and self._session.input_shape[1] == self.info.channels
        size_px, colour = self.info.size_px, () if self.info.channels == 1 else (3,)
        crop = self.info.kind == "crop"
        self._expected = ((size_px, size_px, *colour), np.uint8) if crop else ((LANDMARK_COUNT, 3), np.float32)

    def classify(self, face: NDArray[np.uint8] | NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        """Calibrated probabilities (labels,) by label set.

        Args:
            face: for a crop model the aligned crop, (S, S) uint8 grey or (S, S, 3) uint8 RGB as `info` says; for a mesh
                model the (468, 3) float32 landmarks in pixels of the picture.

        Raises:
            InputError: another shape or type.
        """
        shape, kind = self._expected
        if face.shape != shape or face.dtype != kind:
            wanted = f"{shape} {np.dtype(kind).name}"
            raise InputError(f"face must be {wanted} for {self.info.name}, got {face.shape} {face.dtype}")
        view = self._session.input()[0]
        source: NDArray[Any] = face
        if self._channels_first:
            source = face[None] if face.ndim == 2 else face.transpose(2, 0, 1)
        elif face.ndim < view.ndim:
            source = face[:, :, None]
        view[...] = source
        del view, source
        return {name: output[0] for name, output in self._session.run().items()}

    def close(self) -> None:
        """Frees the model."""
        self._session.close()


def _input_shapes(info: ModelInfo) -> list[tuple[int, ...]]:
    if info.kind == "mesh":
        return [(1, LANDMARK_COUNT, 3)]
    return [(1, info.size_px, info.size_px, info.channels), (1, info.channels, info.size_px, info.size_px)]
