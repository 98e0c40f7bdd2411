"""Notes on a picture: a box and the reason of a face that was not read, and how many faces are left out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from emoar.overlay.describe import describe_more, describe_unread
from emoar.overlay.painter import Painter
from emoar.types import Detection, Frame, Scene

SCENE = Scene(Frame(np.full((400, 600, 3), 90, np.uint8)))
UNREAD = Detection(np.float32([200, 100, 300, 200]), np.zeros((6, 2), np.float32), 0.8, "turned away")


def test_a_face_that_was_not_read_gets_a_box_with_the_label_overlay_only() -> None:
    scene = replace(SCENE, faces_unread=(UNREAD,))
    drawn = Painter(("label",)).draw(scene)
    changed = np.argwhere((drawn != SCENE.frame.image).any(axis=2))
    assert changed.min(axis=0)[0] in range(94, 101)
    assert (drawn[140:160, 220:280] == 90).all()
    assert (Painter(("facepaint",)).draw(scene) == 90).all()


def test_the_picture_tells_how_many_faces_are_left_out() -> None:
    drawn = Painter(("box",)).draw(replace(SCENE, faces_left_out=8))
    assert (drawn[380:, 400:] != 90).any()
    assert (drawn[:300] == 90).all()


def test_the_texts() -> None:
    assert (describe_more(1), describe_more(8)) == ("1 more face", "8 more faces")
    assert describe_unread(SCENE) == ""
    assert describe_unread(replace(SCENE, faces_unread=(UNREAD, UNREAD))) == "; 2 found, not read: turned away"
