"""dlib's 68 points on the canonical face: symmetric, in order, and where their names are."""

from __future__ import annotations

import numpy as np

from emoar.canonical import canonical_face
from emoar.events.ros.landmarks import LANDMARK_COUNT, SELLION, ros4hri_landmarks
from emoar.face_landmarks import DLIB_68

FACE = canonical_face().vertices_cm  # x to the person's left, y up
POINTS = ros4hri_landmarks(FACE)
# Pairs by dlib's numbering: each point and its mirror image.
MIRRORED = {
    **{i: 16 - i for i in range(17)},
    **{17 + i: 26 - i for i in range(10)},
    **{27 + i: 27 + i for i in range(4)},
    **{31 + i: 35 - i for i in range(5)},
    **dict(zip((36, 37, 38, 39, 40, 41), (45, 44, 43, 42, 47, 46), strict=True)),
    **dict(zip(range(48, 55), range(54, 47, -1), strict=True)),
    **dict(zip(range(55, 60), range(59, 54, -1), strict=True)),
    **dict(zip(range(60, 65), range(64, 59, -1), strict=True)),
    **dict(zip(range(65, 68), range(67, 64, -1), strict=True)),
    68: 69,
}


def test_there_are_70_and_none_twice() -> None:
    assert POINTS.shape == (LANDMARK_COUNT, 2)
    assert len(set(DLIB_68)) == 68


def test_left_and_right_are_mirror_images() -> None:
    for index, other in MIRRORED.items():
        np.testing.assert_allclose(POINTS[index], POINTS[other] * [-1, 1], atol=1e-3, err_msg=str(index))


def test_the_right_side_of_the_person_comes_first() -> None:
    assert (POINTS[[0, 17, 31, 36, 48, 60, 68], 0] < 0).all()


def test_the_outline_goes_down_to_the_chin_in_equal_steps() -> None:
    right = POINTS[:9]
    assert (np.diff(right[:, 1]) < 0).all()
    assert right[8, 1] == FACE[:, 1].min(), "menton"
    steps = np.linalg.norm(np.diff(right, axis=0), axis=1)
    assert steps.max() < 1.8 * steps.min()


def test_eyes_and_lips_go_round() -> None:
    for first, count in ((36, 6), (42, 6), (48, 12), (60, 8)):
        x, y = POINTS[first : first + count].T
        area = (x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2
        corners = {36: (36, 39), 42: (42, 45), 48: (48, 54), 60: (60, 64)}[first]
        assert area < 0, "clockwise in a frame with y up, as in dlib: over the top first"
        assert x.min() == POINTS[corners[0], 0]
        assert x.max() == POINTS[corners[1], 0]


def test_the_sellion_is_the_deepest_point_above_the_nose() -> None:
    midline = FACE[[9, 8, SELLION, 6, 197]]
    assert midline[:, 2].min() == FACE[SELLION, 2]


def test_a_pupil_is_within_its_eye() -> None:
    for pupil, first in ((68, 36), (69, 42)):
        eye = POINTS[first : first + 6]
        assert (eye.min(axis=0) < POINTS[pupil]).all()
        assert (POINTS[pupil] < eye.max(axis=0)).all()
