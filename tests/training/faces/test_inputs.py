"""Labelled faces as models take them: batches, sizes, colours, landmarks, and a selection that is evenly spaced."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from emoar.errors import DataError, InputError
from emoar.models.inputs import CropInput, LandmarkInput
from emoar.progress import NO_PROGRESS
from emoar.training.faces import inputs
from emoar.training.faces.inputs import (
    FaceBatch,
    evenly_spaced,
    example_faces,
    face_batch,
    prepare_faces,
    resize_crops,
)
from emoar.training.faces.landmarks import CropLandmarks

GREY = np.random.default_rng(0).integers(0, 256, (4, 48, 48), np.uint8)
POINTS = np.random.default_rng(1).uniform(0, 48, (4, 468, 3)).astype(np.float32)


def test_some_faces_of_a_batch() -> None:
    batch = FaceBatch(GREY, POINTS)
    assert len(batch) == 4
    np.testing.assert_array_equal(batch[1:3].crops, GREY[1:3])
    some = batch[np.array([3, 0])]
    assert some.landmarks_px is not None
    np.testing.assert_array_equal(some.landmarks_px, POINTS[[3, 0]])
    assert FaceBatch(GREY)[:2].landmarks_px is None
    with pytest.raises(DataError, match="landmarks_px must be of 4 faces, got 2"):
        FaceBatch(GREY, POINTS[:2])


def test_crop_models_take_every_face() -> None:
    batch, found = face_batch(GREY, [CropInput(64, 3)])
    assert batch.crops is GREY
    assert batch.landmarks_px is None
    assert found.tolist() == [True] * 4


def test_landmark_models_take_the_faces_with_a_mesh(monkeypatch: pytest.MonkeyPatch) -> None:
    presence = np.float32([0.9, 0.1, 0.5, 0.4])

    def crop_landmarks(images: np.ndarray, cache: Path | None, *, progress: object) -> CropLandmarks:
        assert progress is NO_PROGRESS
        return CropLandmarks(POINTS, presence)

    monkeypatch.setattr(inputs, "crop_landmarks", crop_landmarks)
    batch, found = face_batch(GREY, [CropInput(), LandmarkInput()])
    assert found.tolist() == [True, False, True, False]
    np.testing.assert_array_equal(batch.crops, GREY[[0, 2]])
    np.testing.assert_array_equal(batch.landmarks_px, POINTS[[0, 2]])  # type: ignore[arg-type]
    presence[:] = 0
    with pytest.raises(DataError, match="no face of the data has a mesh"):
        face_batch(GREY, [LandmarkInput()])


def test_faces_are_prepared_for_each_kind() -> None:
    batch = FaceBatch(GREY, POINTS)
    assert prepare_faces(batch, CropInput()) is GREY
    colour = prepare_faces(batch, CropInput(24, 3))
    assert (colour.shape, colour.dtype) == ((4, 24, 24, 3), np.uint8)
    np.testing.assert_array_equal(prepare_faces(batch, LandmarkInput()), POINTS)
    with pytest.raises(InputError, match="landmarks_px must be"):
        prepare_faces(FaceBatch(GREY), LandmarkInput())


def test_crops_are_resized_one_by_one() -> None:
    resized = resize_crops(GREY, CropInput(96))
    np.testing.assert_array_equal(resized[2], CropInput(96).prepare(GREY[2]))


def test_the_example_faces_fit_without_resizing() -> None:
    batch = example_faces([CropInput(64, 3), LandmarkInput()], 5)
    assert len(batch) == 5
    assert prepare_faces(batch, CropInput(64, 3)) is batch.crops
    np.testing.assert_array_equal(prepare_faces(batch, LandmarkInput())[4], LandmarkInput().example())


@pytest.mark.parametrize(
    ("count", "wanted", "expected"), [(5, 5, [0, 1, 2, 3, 4]), (5, 9, [0, 1, 2, 3, 4]), (9, 3, [0, 4, 8]), (4, 1, [0])]
)
def test_a_selection_is_evenly_spaced(count: int, wanted: int, expected: list[int]) -> None:
    assert evenly_spaced(np.arange(count), wanted).tolist() == expected
    crops = np.arange(count, dtype=np.uint8)[:, None, None]
    assert evenly_spaced(FaceBatch(crops), wanted).crops.ravel().tolist() == expected
