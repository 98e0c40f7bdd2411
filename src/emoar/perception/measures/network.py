"""`emoar-measures`: the values of face movements, by a small network on the 468 landmarks.

It runs in NumPy, and in the browser in a few loops: a runtime would take longer to call than the network takes.
"""

from __future__ import annotations

import base64
import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import ModelMismatch
from emoar.models.public import model_path
from emoar.perception.measures.upright import upright

__all__ = ["FORMAT", "MODEL", "MeasureNetwork"]

MODEL: Final = "emoar-measures"
FORMAT: Final = "emoar.measures/1"
_Layer = tuple[NDArray[np.float32], NDArray[np.float32]]  # (in, out) weights, (out,) bias


class MeasureNetwork:
    """Dense layers with SiLU between them and a sigmoid at the end; the weights are int8 with a scale a row.

    Attributes:
        names: of the values.
        rest: (names,) mean values of neutral faces.

    Raises:
        ModelMissing: the file is not there.
        ModelMismatch: the file is damaged.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or model_path(MODEL)
        try:
            document: dict[str, Any] = json.loads(self.path.read_text("utf-8"))
            if document["format"] != FORMAT:
                raise ModelMismatch(f"{self.path.name} must have the format {FORMAT}, got {document['format']!r}")
            self.names: tuple[str, ...] = tuple(document["names"])
            self.rest = np.array(document["rest"], np.float32)
            self._landmarks = np.array(document["landmarks"], np.intp)
            self._mean, self._deviation = (np.array(document[key], np.float32) for key in ("mean", "deviation"))
            self._layers = [_layer(each) for each in document["layers"]]
        except (ValueError, KeyError, TypeError) as exc:
            raise ModelMismatch(f"{self.path} is damaged ({exc!r}); install emoar again") from exc

    def __call__(self, landmarks_px: NDArray[np.float32]) -> NDArray[np.float32]:
        """(names,) values 0..1 of (468, 3) landmarks, in the scale of MediaPipe's blendshapes."""
        x = (upright(landmarks_px)[self._landmarks].reshape(-1) - self._mean) / self._deviation
        for weights, bias in self._layers[:-1]:
            x = x @ weights + bias
            x = x / (1 + np.exp(-x))
        weights, bias = self._layers[-1]
        return (1 / (1 + np.exp(-(x @ weights + bias)))).astype(np.float32, copy=False)

    @classmethod
    @cache
    def shipped(cls) -> MeasureNetwork:
        """The network that comes with EmoAR, read once."""
        return cls()


def _layer(document: dict[str, Any]) -> _Layer:
    scale, bias = (np.array(document[key], np.float32) for key in ("scale", "bias"))
    rows = np.frombuffer(base64.b64decode(document["weights"]), np.int8).reshape(len(scale), -1)
    return np.ascontiguousarray((rows * scale[:, None]).T), bias
