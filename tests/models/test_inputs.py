"""The two kinds of input: shapes, layouts, how a face becomes its values, and how values become a tensor."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any

import numpy as np
import pytest

from emoar.errors import InputError, ModelMismatch
from emoar.models.inputs import CropInput, LandmarkInput, Layout, ModelInput, input_of

INPUTS = [CropInput(), CropInput(64, 3), CropInput(8, 1), LandmarkInput()]
LAYOUTS: list[Layout] = ["channels_last", "channels_first"]


@pytest.mark.parametrize(
    ("kind", "last", "first", "face"),
    [
        (CropInput(), (1, 48, 48, 1), (1, 1, 48, 48), (48, 48)),
        (CropInput(64, 3), (1, 64, 64, 3), (1, 3, 64, 64), (64, 64, 3)),
        (LandmarkInput(), (1, 468, 3), (1, 468, 3), (468, 3)),
    ],
)
def test_shapes(kind: ModelInput, last: tuple[int, ...], first: tuple[int, ...], face: tuple[int, ...]) -> None:
    assert kind.shape("channels_last") == last
    assert kind.shape("channels_first") == first
    assert kind.face_shape == face
    assert kind.shapes == tuple(dict.fromkeys((last, first)))


def test_the_layout_of_a_tensor_follows_from_its_shape() -> None:
    grey = CropInput()
    assert grey.layout_of((1, 48, 48, 1)) == "channels_last"
    assert grey.layout_of((7, 1, 48, 48)) == "channels_first"
    assert grey.layout_of((1, 3, 48, 48)) is None
    assert grey.layout_of((1, 468, 3)) is None
    assert LandmarkInput().layout_of((5, 468, 3)) == "channels_last"


@pytest.mark.parametrize("kind", INPUTS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_example_is_a_face_that_the_tensor_holds(kind: ModelInput, layout: Layout) -> None:
    kind.check(kind.example(), "any")
    sample = kind.sample(layout)
    assert sample.shape == kind.shape(layout)
    assert sample.dtype == np.float32
    assert sample.flags.c_contiguous
    np.testing.assert_array_equal(sample, kind.to_batch(kind.example()[None], layout))


def test_no_two_example_landmarks_lie_in_one_place() -> None:
    assert len(np.unique(LandmarkInput().example(), axis=0)) == 468


def test_channels_move_to_the_front() -> None:
    colour = CropInput(8, 3)
    faces = np.zeros((2, 8, 8, 3), np.uint8)
    faces[1, 3, 5] = 10, 20, 30
    first = colour.to_batch(faces)
    assert first.shape == (2, 3, 8, 8)
    assert first[1, :, 3, 5].tolist() == [10, 20, 30]
    np.testing.assert_array_equal(colour.to_batch(faces, "channels_last"), faces)


def test_a_crop_is_resized_and_recoloured() -> None:
    grey = np.full((48, 48), 90, np.uint8)
    red = np.zeros((20, 20, 3), np.uint8)
    red[..., 0] = 200
    assert CropInput().prepare(grey) is grey
    assert CropInput(24).prepare(grey).tolist() == [[90] * 24] * 24
    assert CropInput(64, 3).prepare(grey).tolist() == [[[90] * 3] * 64] * 64
    assert CropInput(20).prepare(red).tolist() == [[60] * 20] * 20  # 0.299 of red
    assert CropInput(40, 3).prepare(red).tolist() == [[[200, 0, 0]] * 40] * 40


def test_landmarks_are_handed_over_as_they_are() -> None:
    points = np.random.default_rng(0).uniform(0, 48, (468, 3)).astype(np.float32)
    crop = np.zeros((48, 48), np.uint8)
    assert LandmarkInput().prepare(crop, points) is points
    with pytest.raises(InputError, match=r"landmarks_px must be \(468, 3\) float32, got none"):
        LandmarkInput().prepare(crop)


def test_only_crops_are_mirrored() -> None:
    crop = np.arange(64, dtype=np.uint8).reshape(8, 8)
    mirrored = CropInput(8).mirror(crop)
    assert mirrored is not None
    assert mirrored[0].tolist() == [7, 6, 5, 4, 3, 2, 1, 0]
    assert LandmarkInput().mirror(LandmarkInput().example()) is None


@pytest.mark.parametrize("face", [np.zeros((48, 48), np.float32), np.zeros((47, 48), np.uint8)])
def test_another_face_is_refused(face: np.ndarray[Any, Any]) -> None:
    with pytest.raises(InputError, match=r"face must be \(48, 48\) uint8 for mine, got"):
        CropInput().check(face, "mine")


def test_inputs_are_values() -> None:
    assert {CropInput(): 1, LandmarkInput(): 2}[CropInput(48, 1)] == 1
    assert CropInput() != CropInput(48, 3)
    with pytest.raises(FrozenInstanceError):
        CropInput().size_px = 3  # type: ignore[misc]


@pytest.mark.parametrize("kind", INPUTS)
def test_a_description_gives_the_input_back(kind: ModelInput) -> None:
    assert input_of(**kind.to_dict()) == kind


def test_landmarks_are_described_with_the_size_and_colour_that_format_1_demands() -> None:
    assert LandmarkInput().to_dict() == {"kind": "mesh", "size_px": 48, "channels": 1}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": "video"}, "kind must be crop or mesh, got 'video'"),
        ({"kind": "crop", "size_px": 7}, r"size_px must be within 8\.\.1024, got 7"),
        ({"kind": "crop", "size_px": 1025}, r"size_px must be within 8\.\.1024"),
        ({"kind": "crop", "channels": 2}, r"channels must be 1 \(grey\) or 3 \(RGB\), got 2"),
    ],
)
def test_what_cannot_be_is_refused(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ModelMismatch, match=words):
        input_of(**fields)


def test_people_are_told_what_the_tensor_holds() -> None:
    assert CropInput().describe() == "the aligned grey crop, float32 0..255"
    assert CropInput(96, 3).describe() == "the aligned RGB crop, float32 0..255"
    assert LandmarkInput().describe() == "the 468 raw landmarks in pixels, float32"
