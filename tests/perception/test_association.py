"""Identity on made faces: boxes that move as one can draw them."""

from __future__ import annotations

import numpy as np
from makers import make_face
from numpy.typing import NDArray

from emoar.perception.association import Motion, associate, beside, overlaps_any, suppress_duplicates


def face_at(x: float, y: float = 100, scale: float = 4.0) -> NDArray[np.float32]:
    return make_face(centre_px=(x, y), scale=scale).landmarks_px


def moving(start: float, speed_px_s: float, seconds: float = 0.5) -> Motion:
    motion = Motion.begin(face_at(start), 0.0)
    for step in range(1, int(seconds * 30) + 1):
        motion = motion.advance(face_at(start + speed_px_s * step / 30), step / 30)
    return motion


def test_motion_expects_a_face_where_it_is_heading() -> None:
    motion = moving(100, 90)
    x, _ = motion.expected_centre_px(motion.time_s + 1 / 30)
    assert abs(x - (motion.centre_px[0] + 3)) < 0.5
    assert motion.match_cost(face_at(100 + 90 * (0.5 + 1 / 30)), motion.time_s + 1 / 30) < 0.02


def test_a_hidden_face_is_not_followed_forever() -> None:
    motion = moving(100, 90)
    x, _ = motion.expected_centre_px(motion.time_s + 60)
    assert x - motion.centre_px[0] < 90


def test_of_two_meshes_on_one_face_the_one_that_slid_there_goes() -> None:
    left, right = moving(100, 60), moving(170, -60)
    now = left.time_s + 1 / 30
    shared = face_at(100 + 60 * now)
    assert suppress_duplicates([left, right], [shared, shared], now) == {1}
    assert suppress_duplicates([right, left], [shared, shared], now) == {0}
    assert suppress_duplicates([left, right], [face_at(100), face_at(300)], now) == set()
    assert suppress_duplicates([], [], now) == set()


def test_faces_come_back_as_themselves_whatever_their_order() -> None:
    left, right = moving(100, 0), moving(300, 0)
    found = [face_at(305), face_at(97)]
    assert associate([left, right], found, left.time_s + 0.2) == {0: 1, 1: 0}
    assert associate([right, left], found, left.time_s + 0.2) == {0: 0, 1: 1}


def test_crossing_faces_are_told_apart_by_where_they_were_heading() -> None:
    """Both are lost when they meet; each comes out on the far side."""
    to_right, to_left = moving(160, 120), moving(240, -120)
    later = to_right.time_s + 0.25
    found = [face_at(160 + 120 * 0.75), face_at(240 - 120 * 0.75)]
    assert associate([to_right, to_left], found, later) == {0: 0, 1: 1}


def test_a_face_far_away_or_of_another_size_is_new() -> None:
    motion = moving(100, 0)
    soon = motion.time_s + 0.1
    assert associate([motion], [face_at(600)], soon) == {}
    assert associate([motion], [face_at(100, scale=12)], soon) == {}
    assert associate([], [face_at(100)], soon) == {}


def test_overlap() -> None:
    assert overlaps_any(face_at(100), [face_at(300), face_at(104)])
    assert not overlaps_any(face_at(100), [face_at(170)])
    assert not overlaps_any(face_at(100), [])


def test_a_mesh_beside_a_face_is_on_its_half() -> None:
    size = float(np.ptp(face_at(0)[:, :2], axis=0).max())
    others = {3: face_at(100 + 0.8 * size), 5: face_at(100 - 0.7 * size), 7: face_at(100 + 2 * size)}
    assert beside(face_at(100), others) == 5
    del others[5]
    assert beside(face_at(100), others) == 3
    del others[3]
    assert beside(face_at(100), others) is None
    assert beside(face_at(100), {}) is None
    assert beside(face_at(100), {1: face_at(100 + 0.8 * size, scale=2)}) is None, "of the smaller face"
