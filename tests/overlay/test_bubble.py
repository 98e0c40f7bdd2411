"""The tail of a bubble goes from the bubble to the edge of the face."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.overlay.base import paint_over
from emoar.overlay.bubble import draw_bubble, tail_line
from emoar.overlay.heads import face_box
from emoar.overlay.layout import Box

from .conftest import MakeFace, MakeScene, changed


@pytest.mark.parametrize("at", [(100, 40), (900, 40), (100, 400), (900, 560)])
def test_the_tail_ends_between_bubble_and_mouth_outside_the_face(at: tuple[float, float], make_face: MakeFace) -> None:
    face = make_face()
    line = tail_line(Box(*at, at[0] + 200, at[1] + 90), face)
    assert line is not None
    (_, tip), box = line, face_box(face)
    x, y = (tip[0] - box.centre[0]) / (box.width / 2), (tip[1] - box.centre[1]) / (box.height / 2)
    assert 1 < x * x + y * y < 1.2  # the ellipse of the face


def test_there_is_no_tail_over_the_mouth(make_face: MakeFace) -> None:
    assert tail_line(Box(540, 300, 740, 460), make_face()) is None


def test_the_paper_fills_the_box(make_face: MakeFace, make_scene: MakeScene) -> None:
    face = make_face((900, 400))
    scene = make_scene(face)
    picture = paint_over(scene.frame.image, lambda canvas: draw_bubble(canvas, Box(300, 200, 500, 300), 20, face))
    mask = changed(scene, picture)
    assert mask[240:260, 310:490].all()
    assert np.array_equal(picture[250, 400], [250, 249, 245]) or picture[250, 400].min() > 240
