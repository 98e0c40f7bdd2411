"""The box stands where the face is, with a tag of its own for each track."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.overlay import draw

from .conftest import MakeFace, MakeScene, changed


@pytest.mark.parametrize("at_px", [(300, 300), (900, 400)])
def test_box_is_around_the_face(at_px: tuple[int, int], make_face: MakeFace, make_scene: MakeScene) -> None:
    face = make_face(at_px)
    scene = make_scene(face)
    mask = changed(scene, draw(scene, ("box",)))
    left, top, right, bottom = face.box_xyxy_px.astype(int)
    middle = (top + bottom) // 2
    assert mask[middle, left - 2 : left + 4].any()
    assert mask[middle, right - 2 : right + 4].any()
    assert not mask[middle, left + 8 : right - 8].any()


def test_box_tag_differs_by_id(make_face: MakeFace, make_scene: MakeScene) -> None:
    pictures = [draw(make_scene(make_face(track_id=number)), ("box",)) for number in (1, 2)]
    assert not np.array_equal(*pictures)
