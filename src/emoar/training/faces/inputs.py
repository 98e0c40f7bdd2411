"""Model inputs from labelled faces: crops in the size and colour of a model, and face mesh landmarks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DataError
from emoar.models.inputs import CropInput, InputValues, LandmarkInput, ModelInput
from emoar.progress import NO_PROGRESS, Progress
from emoar.training.faces.landmarks import crop_landmarks

__all__ = [
    "FaceBatch",
    "Faces",
    "evenly_spaced",
    "example_faces",
    "face_batch",
    "prepare_faces",
    "resize_crops",
]

Faces = InputValues  # (N, S, S) grey, (N, S, S, 3) RGB uint8 crops, or (N, 468, 3) float32 landmarks in px


@dataclass(frozen=True, eq=False)
class FaceBatch:
    """N faces, from which every kind of input can be prepared.

    Raises:
        DataError: the numbers of crops and landmarks differ.
    """

    crops: NDArray[np.uint8]  # (N, S, S) grey or (N, S, S, 3) RGB, of any size
    landmarks_px: NDArray[np.float32] | None = None  # (N, 468, 3) in pixels; None where no model needs them

    def __post_init__(self) -> None:
        if self.landmarks_px is not None and len(self.landmarks_px) != len(self.crops):
            raise DataError(f"landmarks_px must be of {len(self.crops)} faces, got {len(self.landmarks_px)}")

    def __len__(self) -> int:
        return len(self.crops)

    def __getitem__(self, index: slice | NDArray[np.integer[Any] | np.bool_]) -> FaceBatch:
        """The selected faces."""
        return FaceBatch(self.crops[index], None if self.landmarks_px is None else self.landmarks_px[index])


def face_batch(
    crops: NDArray[np.uint8],
    inputs: Collection[ModelInput],
    cache: Path | None = None,
    progress: Progress = NO_PROGRESS,
) -> tuple[FaceBatch, NDArray[np.bool_]]:
    """The faces that a model with these inputs accepts, and a mask (N,) of their positions among the N crops.

    If the model needs landmarks, the mesh runs over the crops, and faces without a mesh are left out.

    Args:
        crops: (N, S, S) grey or (N, S, S, 3) RGB.
        inputs: inputs of the members of the model.
        cache: a folder in which landmarks are cached; None disables the cache.
        progress: advances with each face.

    Raises:
        DataError: landmarks are needed, and no face has a mesh.
        ModelMissing: landmarks are needed, and the public mesh model is not on this machine.
        OutputError: the cache cannot be written.
    """
    if LandmarkInput() not in inputs:
        return FaceBatch(crops), np.ones(len(crops), np.bool_)
    mesh = crop_landmarks(crops, cache, progress=progress)
    if not mesh.found.any():
        raise DataError(
            "no face of the data has a mesh, and the model takes landmarks: take other data or a crop model"
        )
    return FaceBatch(crops[mesh.found], mesh.landmarks_px[mesh.found]), mesh.found


def prepare_faces(faces: FaceBatch, wanted: ModelInput) -> Faces:
    """(N, *face_shape) inputs of the faces for a model with the input `wanted`.

    Raises:
        InputError: the model takes landmarks, and the batch has none.
    """
    if isinstance(wanted, CropInput):
        return resize_crops(faces.crops, wanted)
    points = faces.landmarks_px if faces.landmarks_px is not None else [None] * len(faces)
    return np.stack([wanted.prepare(crop, face) for crop, face in zip(faces.crops, points, strict=True)])


def resize_crops(crops: NDArray[np.uint8], wanted: CropInput) -> NDArray[np.uint8]:
    """Converts (N, S, S) or (N, S, S, 3) crops to the size and colour of a model; crops that fit are not copied."""
    if crops.shape[1:] == wanted.face_shape:
        return crops
    return np.stack([wanted.prepare(crop) for crop in crops])


def example_faces(inputs: Collection[ModelInput], count: int) -> FaceBatch:
    """`count` copies of the synthetic example face of these inputs, for measuring latency."""
    takes = next((each for each in inputs if isinstance(each, CropInput)), CropInput())
    crops = np.repeat(takes.example()[None], count, axis=0)
    return FaceBatch(crops, np.repeat(LandmarkInput().example()[None], count, axis=0))


def evenly_spaced(faces: Any, count: int) -> Any:
    """At most `count` of the faces (an array or a `FaceBatch`), at evenly spaced positions."""
    return faces[np.unique(np.linspace(0, len(faces) - 1, min(count, len(faces))).astype(int))]
