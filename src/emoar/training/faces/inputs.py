"""What a network takes of labelled faces: crops in its size and colour, or landmarks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DataError
from emoar.models.metadata import ModelInfo
from emoar.perception.align import convert_crop
from emoar.training.faces.landmarks import crop_landmarks

__all__ = ["Faces", "evenly_spaced", "inputs_of", "resize_crops", "to_batch"]

Faces = NDArray[np.uint8] | NDArray[np.float32]  # (N, S, S) grey, (N, S, S, 3) RGB, or (N, 468, 3) landmarks in px


def evenly_spaced(faces: Any, count: int) -> Any:
    """At most `count` of the faces, evenly spaced over all."""
    return faces[np.unique(np.linspace(0, len(faces) - 1, min(count, len(faces))).astype(int))]


def resize_crops(faces: NDArray[np.uint8], info: ModelInfo) -> NDArray[np.uint8]:
    """(N, S, S) or (N, S, S, 3) crops in the size and colour that a model takes."""
    wanted = (info.size_px, info.size_px, *(() if info.channels == 1 else (3,)))
    if faces.shape[1:] == wanted:
        return faces
    return np.stack([convert_crop(face, info.size_px, info.channels) for face in faces])


def to_batch(faces: Faces, *, channels_first: bool) -> NDArray[np.float32]:
    """Crops as (N, S, S, C) or (N, C, S, S) float32; landmarks as they are."""
    values = faces.astype(np.float32)
    if faces.dtype != np.uint8:
        return values
    values = values[..., None] if values.ndim == 3 else values
    return np.ascontiguousarray(values.transpose(0, 3, 1, 2)) if channels_first else values


def inputs_of(images: NDArray[np.uint8], info: ModelInfo) -> tuple[Faces, NDArray[np.bool_]]:
    """What the network takes, from crops, and which of them gave it: a crop without a mesh has no landmarks."""
    if info.kind == "crop":
        return resize_crops(images, info), np.ones(len(images), np.bool_)
    found = crop_landmarks(images)
    if not found.found.any():
        raise DataError("no face of the data has a mesh: a mesh model cannot be checked on it")
    return found.landmarks_px[found.found], found.found
