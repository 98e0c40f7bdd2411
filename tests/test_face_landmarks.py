<<<<<<< HEAD
"""Names of mesh points: each lies on the average head where its name places it."""

from __future__ import annotations

import numpy as np
import pytest

from emoar import face_landmarks as points
from emoar.canonical import canonical_face

AT = canonical_face().vertices_cm


def mean(indices: tuple[int, ...]) -> np.ndarray:
    return AT[list(indices)].mean(axis=0)


def test_all_indices_are_points_of_the_mesh() -> None:
    groups = (
        *points.EYES_AND_MOUTH,
        *points.ALIGNMENT_POINTS,
        *points.FIVE_LANDMARKS.values(),
        *points.ATTACHMENT_POINTS.values(),
        points.RIGID_POINTS,
        points.MOUTH,
    )
    for group in groups:
        assert len(set(group)) == len(group) > 0
        assert all(0 <= index < 468 for index in group)


@pytest.mark.parametrize("places", [points.FIVE_LANDMARKS, points.ATTACHMENT_POINTS])
def test_left_and_right_are_the_persons_own_and_mirror_each_other(places: dict[str, tuple[int, ...]]) -> None:
    pairs = [(name, name.replace("left", "right")) for name in places if "left" in name]
    assert pairs
    for left, right in pairs:
        assert mean(places[left])[0] > 0, left
        np.testing.assert_allclose(mean(places[left]) * [-1, 1, 1], mean(places[right]), atol=0.2, err_msg=left)


def test_places_in_the_middle_of_the_face_follow_from_top_to_bottom() -> None:
    order = ("above_head", "forehead", "between_eyes", "nose", "under_nose", "mouth", "chin")
    heights = [mean(points.ATTACHMENT_POINTS[name])[1] for name in order]
    assert heights == sorted(heights, reverse=True)
    assert all(abs(mean(points.ATTACHMENT_POINTS[name])[0]) < 0.1 for name in order)


def test_the_five_landmarks_are_those_of_the_alignment() -> None:
    assert list(points.FIVE_LANDMARKS) == ["right_eye", "left_eye", "nose_tip", "mouth_right", "mouth_left"]
    for mine, aligned in zip(points.FIVE_LANDMARKS.values(), points.ALIGNMENT_POINTS, strict=True):
        assert np.linalg.norm(mean(mine)[:2] - mean(aligned)[:2]) < 1.0  # cm, seen from the front


@pytest.mark.parametrize("outline", points.EYES_AND_MOUTH)
def test_outlines_go_round_an_opening_in_order(outline: tuple[int, ...]) -> None:
    around = AT[list(outline), :2] - mean(outline)[:2]
    turns = np.diff(np.unwrap(np.arctan2(around[:, 1], around[:, 0])))
    assert (turns > 0).all() or (turns < 0).all()
    assert abs(turns.sum()) < 2 * np.pi
    assert abs(turns.sum()) > 1.5 * np.pi


def test_eyes_and_mouth_lie_where_their_names_place_them() -> None:
    right, left, lips = (mean(outline) for outline in points.EYES_AND_MOUTH)
    assert right[0] < 0 < left[0]
    assert lips[1] < min(right[1], left[1])
    assert abs(lips[0]) < 0.1
=======
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
>>>>>>> main
