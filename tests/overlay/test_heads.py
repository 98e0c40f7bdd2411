"""The boxes of heads, and what text leaves free."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from emoar.overlay.heads import Surroundings, face_box, head_box, is_close_up
from emoar.overlay.layout import Box, Wish

from .conftest import MakeFace


def test_a_head_is_its_face_with_hair_and_ears(make_face: MakeFace) -> None:
    face = make_face()
    box, head = face_box(face), head_box(face)
    assert box.overlap(head) == pytest.approx(box.width * box.height)
    assert box.top - head.top == pytest.approx(0.36 * box.height)


BESIDE = Wish((1, 1), list, Box(0, 0, 1280, 720))
OVER_ITS_FACE = dataclasses.replace(BESIDE, over_own_face=True)


def test_no_face_is_covered_and_those_of_others_are_not_crossed(make_face: MakeFace) -> None:
    faces = [make_face((300, 300)), make_face((800, 300))]
    boxes = [list(face_box(face)) for face in faces]
    ground = Surroundings(faces).ground(0, BESIDE)
    assert ground.free.tolist() == boxes
    assert ground.uncrossed.tolist() == boxes[1:]
    assert ground.obstacles.tolist() == [list(head_box(face)) for face in faces]


def test_a_close_up_may_have_text_over_its_own_face_only(make_face: MakeFace) -> None:
    faces = [make_face((300, 300)), make_face((800, 300))]
    ground = Surroundings(faces).ground(1, OVER_ITS_FACE)
    assert ground.free.tolist() == [list(face_box(faces[0]))]
    assert list(face_box(faces[1])) in ground.obstacles.tolist()
    assert np.shape(ground.weight) == (len(ground.obstacles),)


def test_what_other_overlays_have_drawn_stays_free_but_for_a_close_up(make_face: MakeFace) -> None:
    tag = Box(0, 0, 20, 20)
    around = Surroundings([make_face()], [tag])
    assert list(tag) in around.ground(0, BESIDE).free.tolist()
    last_resort = around.ground(0, OVER_ITS_FACE)
    assert last_resort.free.tolist() == []
    assert list(tag) in last_resort.obstacles.tolist()


@pytest.mark.parametrize(("height_px", "close"), [(200, False), (340, False), (400, True)])
def test_a_face_of_half_the_frame_is_a_close_up(height_px: float, close: bool, make_face: MakeFace) -> None:
    assert is_close_up(make_face(height_px=height_px), 1280, 720) == close


def test_boxes_are_plain_numbers(make_face: MakeFace) -> None:
    assert all(type(edge) is float for edge in face_box(make_face()))
    assert isinstance(head_box(make_face()), Box)
