"""What overlays share: the canvas, the order of depth, sizes and colours."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from emoar.labels import COLOURS_RGB
from emoar.overlay.base import StatefulOverlay, by_depth, colour_rgb, is_drawable, paint_over, text_size_px
from emoar.overlay.box import BoxOverlay
from emoar.overlay.label import LabelOverlay

from .conftest import MakeFace, MakeScene


def test_paint_over_gives_a_copy_with_the_drawing() -> None:
    image = np.full((4, 6, 3), (10, 20, 30), np.uint8)
    picture = paint_over(image, lambda canvas: None)
    assert np.array_equal(picture, image)
    assert not np.shares_memory(picture, image)
    assert (paint_over(image, lambda canvas: canvas.clear(0xFFFF0080)) == (255, 0, 128)).all()


def test_far_faces_come_first(make_face: MakeFace) -> None:
    near, far = make_face(height_px=300), make_face(height_px=100)
    assert by_depth([near, far]) == [far, near]


def test_the_colour_is_that_of_the_label_and_grey_where_there_is_none(make_face: MakeFace) -> None:
    assert colour_rgb(make_face(label="anger")) == COLOURS_RGB["anger"]
    assert colour_rgb(make_face(label="unsure")) == COLOURS_RGB["unsure"]
    assert colour_rgb(make_face(label="anger", reasons=("blurred",))) == COLOURS_RGB["unsure"]


@pytest.mark.parametrize("field", ["landmarks_px", "pose", "box_xyxy_px"])
def test_a_face_that_is_not_finite_cannot_be_drawn(field: str, make_face: MakeFace) -> None:
    face = make_face()
    assert is_drawable(face)
    assert not is_drawable(dataclasses.replace(face, **{field: np.full_like(getattr(face, field), np.nan)}))


def test_text_grows_with_the_face_between_limits_of_the_picture(make_face: MakeFace, make_scene: MakeScene) -> None:
    frame = make_scene().frame
    sizes = [text_size_px(make_face(height_px=height), frame) for height in (10, 200, 230, 700)]
    assert sizes == sorted(sizes)
    assert (sizes[0], sizes[-1]) == (17.25, 26.75)  # a 56th and a 36th of 960 px


def test_overlays_that_keep_something_can_be_told_apart() -> None:
    assert isinstance(LabelOverlay(), StatefulOverlay)
    assert not isinstance(BoxOverlay(), StatefulOverlay)
