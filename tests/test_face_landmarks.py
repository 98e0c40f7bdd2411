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
        assert set(mine) <= set(aligned)
        assert np.linalg.norm(mean(mine)[:2] - mean(aligned)[:2]) < 1.0  # cm, seen from the front


@pytest.mark.parametrize("outline", points.EYES_AND_MOUTH)
def test_outlines_go_round_an_opening_in_order(outline: tuple[int, ...]) -> None:
    around = AT[list(outline), :2] - mean(outline)[:2]
    turns = np.diff(np.unwrap(np.arctan2(around[:, 1], around[:, 0])))
    assert (turns > 0).all() or (turns < 0).all()
    assert abs(turns.sum()) < 2 * np.pi
    assert abs(turns.sum()) > 1.5 * np.pi
    steps = AT[list(outline)] - AT[list(np.roll(outline, 1))]
    assert np.linalg.norm(steps, axis=1).max() < 1.5  # cm


def test_eyes_and_mouth_lie_where_their_names_place_them() -> None:
    right, left, lips = (mean(outline) for outline in points.EYES_AND_MOUTH)
    assert right[0] < 0 < left[0]
    assert set(points.MOUTH) < set(points.INNER_LIPS)
    assert lips[1] < min(right[1], left[1])
    assert abs(lips[0]) < 0.1
