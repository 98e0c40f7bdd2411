"""The crop: the same face in the same place, whatever its size, turn and position."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from pictures import pasted, resized, rotated

from emoar.geometry import apply_affine
from emoar.perception.align import CROP_PX, align, alignment_matrix, alignment_points, alignment_template_px


def test_the_framing_is_symmetric_and_inside_the_crop() -> None:
    points = alignment_template_px()
    assert points.shape == (5, 2)
    assert (points > 0).all()
    assert (points < CROP_PX - 1).all()
    right_eye, left_eye, nose, right_mouth, left_mouth = points
    middle = (CROP_PX - 1) / 2
    assert right_eye[0] + left_eye[0] == pytest.approx(2 * middle, abs=0.01)
    assert right_mouth[0] + left_mouth[0] == pytest.approx(2 * middle, abs=0.01)
    assert right_eye[1] < nose[1] < right_mouth[1]


def test_the_anchor_points_land_on_the_framing(landmarks_of, grace_hopper: NDArray[np.uint8]) -> None:  # type: ignore[no-untyped-def]
    landmarks = landmarks_of(grace_hopper)
    landed = apply_affine(alignment_matrix(landmarks), alignment_points(landmarks))
    assert np.abs(landed - alignment_template_px()).mean() < 1.5  # a similarity cannot do more for one person


@pytest.mark.parametrize("portrait", ["astronaut", "grace_hopper"])
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda p: rotated(p, 30), id="turned"),
        pytest.param(lambda p: resized(p, 0.6), id="smaller"),
        pytest.param(lambda p: resized(p, 3.0), id="larger"),
        pytest.param(lambda p: pasted(p, 100, 50), id="elsewhere"),
    ],
)
def test_the_crop_does_not_depend_on_how_the_face_lies_in_the_picture(request, landmarks_of, portrait, change) -> None:  # type: ignore[no-untyped-def]
    image = request.getfixturevalue(portrait)
    changed = change(image)
    plain = align(image, landmarks_of(image)).astype(float)
    again = align(changed, landmarks_of(changed)).astype(float)
    assert plain.shape == (CROP_PX, CROP_PX)
    assert np.corrcoef(plain.ravel(), again.ravel())[0, 1] > 0.95


def test_a_large_face_is_averaged_not_sampled() -> None:
    """A fine checkerboard over a large face is plain grey in FER2013's resolution."""
    image = np.zeros((960, 960, 3), np.uint8)
    image[(np.indices((960, 960)).sum(axis=0) // 2) % 2 == 0] = 255
    landmarks = np.zeros((468, 3), np.float32)
    for group, point in zip(_groups(), alignment_template_px(), strict=True):
        landmarks[list(group), :2] = point * 20 + 9.5
    crop = align(image, landmarks)
    assert crop[4:-4, 4:-4].std() < 12
    assert crop.mean() == pytest.approx(127, abs=6)


@pytest.mark.parametrize("colour", [False, True])
def test_a_crop_changes_steadily(landmarks_of, astronaut: NDArray[np.uint8], colour: bool) -> None:  # type: ignore[no-untyped-def]
    """Landmarks that move by 0.01 px move no pixel by more than three levels, at any size of the face."""
    landmarks, rng = landmarks_of(astronaut), np.random.default_rng(0)
    middle = landmarks.mean(axis=0)
    for factor in np.geomspace(0.3, 4, 200).astype(np.float32):  # the crop takes other parts of the picture
        moved = (landmarks - middle) * factor + middle
        moved[:, :2] += rng.uniform(-30, 30, 2).astype(np.float32)
        again = moved + rng.uniform(-0.01, 0.01, 3).astype(np.float32)
        crops = [align(astronaut, points, colour=colour).astype(int) for points in (moved, again)]
        assert np.abs(crops[1] - crops[0]).max() <= 3


@pytest.mark.parametrize("side_px", [1, 7, 33])
def test_a_picture_smaller_than_a_block_has_a_crop(side_px: int) -> None:
    landmarks = np.zeros((468, 3), np.float32)
    for group, point in zip(_groups(), alignment_template_px(), strict=True):
        landmarks[list(group), :2] = point * 20
    crop = align(np.full((side_px, side_px, 3), 90, np.uint8), landmarks)
    assert (crop == 90).all()


def test_a_face_partly_outside_repeats_the_edge(landmarks_of, astronaut: NDArray[np.uint8]) -> None:  # type: ignore[no-untyped-def]
    landmarks = landmarks_of(astronaut) - np.float32([230, 0, 0])
    crop = align(np.ascontiguousarray(astronaut[:, 230:]), landmarks)
    beyond, inside = crop[:, :12].astype(float), crop[:, -12:].astype(float)
    assert np.abs(np.diff(beyond, axis=1)).mean() < 0.3 * np.abs(np.diff(inside, axis=1)).mean()


def _groups():  # type: ignore[no-untyped-def]
    from emoar.perception.align import ALIGNMENT_POINTS

    return ALIGNMENT_POINTS
