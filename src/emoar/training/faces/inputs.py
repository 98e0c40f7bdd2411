"""Labelled faces as models take them: crops in their size and colour, or landmarks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DataError
from emoar.models.inputs import CropInput, InputValues
from emoar.models.metadata import ModelInfo
from emoar.training.faces.landmarks import crop_landmarks

__all__ = ["Faces", "evenly_spaced", "inputs_of", "resize_crops", "to_batch"]

Faces = InputValues  # (N, S, S) grey, (N, S, S, 3) RGB, or (N, 468, 3) landmarks in px


def evenly_spaced(faces: Any, count: int) -> Any:
    """At most `count` of the faces, evenly spaced over all."""
    return faces[np.unique(np.linspace(0, len(faces) - 1, min(count, len(faces))).astype(int))]


def resize_crops(crops: NDArray[np.uint8], wanted: CropInput) -> NDArray[np.uint8]:
    """(N, S, S) or (N, S, S, 3) crops in the size and colour that a model takes."""
    if crops.shape[1:] == wanted.face_shape:
        return crops
    return np.stack([wanted.prepare(crop) for crop in crops])


def to_batch(faces: Faces, *, channels_first: bool) -> NDArray[np.float32]:
    """Crops as (N, S, S, C) or (N, C, S, S) float32; landmarks as they are."""
    values = faces.astype(np.float32)
    if faces.dtype != np.uint8:
        return values
    values = values[..., None] if values.ndim == 3 else values
    return np.ascontiguousarray(values.transpose(0, 3, 1, 2)) if channels_first else values


def inputs_of(images: NDArray[np.uint8], info: ModelInfo) -> tuple[Faces, NDArray[np.bool_]]:
    """What the network takes, from crops, and which of them gave it: a crop without a mesh has no landmarks."""
    if isinstance(info.input, CropInput):
        return resize_crops(images, info.input), np.ones(len(images), np.bool_)
    found = crop_landmarks(images)
    if not found.found.any():
        raise DataError("no face of the data has a mesh: a mesh model cannot be checked on it")
    return found.landmarks_px[found.found], found.found
