"""The map of mesh points: names on the right side of the face, and in its right place."""

from __future__ import annotations

from itertools import chain

import numpy as np
import pytest

from emoar import face_landmarks
from emoar.canonical import canonical_face
from emoar.face_landmarks import (
    ALIGNMENT_POINTS,
    ATTACHMENT_POINTS,
    EYES_AND_MOUTH,
    FIVE_LANDMARKS,
    MOUTH,
    RIGID_POINTS,
)


def middle(points: tuple[int, ...]) -> np.ndarray:
    return canonical_face().vertices_cm[list(points)].mean(axis=0)


@pytest.mark.parametrize("table", [FIVE_LANDMARKS, ATTACHMENT_POINTS], ids=["five landmarks", "attachment points"])
def test_left_and_right_are_the_persons_own_and_symmetric(table: dict[str, tuple[int, ...]]) -> None:
    sides = [name for name in table if "left" in name]
    assert sides
    for name in sides:
        left, right = middle(table[name]), middle(table[name.replace("left", "right")])
        assert left[0] > 1
        np.testing.assert_allclose(left * (-1, 1, 1), right, atol=0.3)


def test_the_middle_of_the_face_from_top_to_bottom() -> None:
    names = ("above_head", "forehead", "between_eyes", "nose", "under_nose", "mouth", "chin")
    heights = [middle(ATTACHMENT_POINTS[name])[1] for name in names]
    assert heights == sorted(heights, reverse=True)
    assert all(abs(middle(ATTACHMENT_POINTS[name])[0]) < 0.1 for name in names)


def test_alignment_points_are_the_five_landmarks_steadied_by_neighbours() -> None:
    for points, named in zip(ALIGNMENT_POINTS, FIVE_LANDMARKS.values(), strict=True):
        assert set(named) <= set(points)
        assert np.linalg.norm(middle(points) - middle(named)) < 2


def test_outlines_are_closed_loops_around_their_openings() -> None:
    for outline in EYES_AND_MOUTH:
        assert len(set(outline)) == len(outline)
        points = canonical_face().vertices_cm[list(outline)]
        steps = np.linalg.norm(points - np.roll(points, 1, axis=0), axis=1)
        assert steps.max() < 1.5
    assert set(MOUTH) < set(EYES_AND_MOUTH[2])


def test_every_index_is_in_the_mesh() -> None:
    groups = [*ALIGNMENT_POINTS, *EYES_AND_MOUTH, *FIVE_LANDMARKS.values(), *ATTACHMENT_POINTS.values(), RIGID_POINTS]
    indices = list(chain.from_iterable(groups))
    assert 0 <= min(indices) <= max(indices) < 468
    assert len(set(RIGID_POINTS)) == len(RIGID_POINTS)
    assert all(hasattr(face_landmarks, name) for name in face_landmarks.__all__)
