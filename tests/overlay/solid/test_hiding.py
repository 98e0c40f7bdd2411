"""Flat drawings are hidden where a head is before them."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.overlay.base import paint_over
from emoar.overlay.engine import skia
from emoar.overlay.solid.camera import Camera
from emoar.overlay.solid.hiding import PULL_CM, card_mesh, draw_hidden, nearer
from emoar.overlay.solid.occluder import head_of

from ..conftest import FOV_DEG, MakeFace, MakeScene

CORNERS = np.array([[400, 300], [880, 300], [880, 420], [400, 420]], np.float32)


@pytest.fixture
def red_share(make_face: MakeFace, make_scene: MakeScene):  # type: ignore[no-untyped-def]
    """Draws red over the frame, at the card that lies `behind_cm` behind the head's origin; the share that is seen."""

    def share(behind_cm: float) -> tuple[float, float]:
        face, scene = make_face((640, 360), height_px=240), make_scene()
        camera = Camera.of(scene.frame, FOV_DEG)
        card = card_mesh(CORNERS, np.full(4, -face.pose[2, 3] + behind_cm), camera)
        heads = [head_of(face, scene.frame)]
        picture = paint_over(
            scene.frame.image,
            lambda canvas: draw_hidden(
                canvas, card, heads, camera, lambda layer: layer.drawColor(skia.ColorRED, skia.BlendMode.kSrcOver)
            ),
        )
        red = picture[..., 0] == 255
        return float(red[310:410, 600:680].mean()), float(red[310:410, 405:480].mean())

    return share


def test_a_card_behind_the_head_is_hidden_where_the_head_is(red_share) -> None:  # type: ignore[no-untyped-def]
    assert red_share(20) == (0, 1)


def test_a_card_on_the_head_is_not_cut_by_it(red_share) -> None:  # type: ignore[no-untyped-def]
    assert red_share(-3) == (1, 1)


def test_only_heads_that_may_hide_are_asked(make_face: MakeFace, make_scene: MakeScene) -> None:
    face, aside, frame = make_face(), make_face((100, 100), track_id=2), make_scene().frame
    camera = Camera.of(frame, FOV_DEG)
    heads = [head_of(one, frame) for one in (face, aside)]
    distance = -float(face.pose[2, 3])
    assert nearer(card_mesh(CORNERS, np.full(4, distance + 30), camera), heads, camera) == heads[:1]
    assert nearer(card_mesh(CORNERS, np.full(4, distance - 20), camera), heads, camera) == []


def test_a_card_is_pulled_towards_the_camera_and_stays_at_its_place(make_scene: MakeScene) -> None:
    camera = Camera.of(make_scene().frame, FOV_DEG)
    card = card_mesh(CORNERS, np.array([60.0, 60, 70, 70]), camera)
    np.testing.assert_allclose(camera.places(card.vertices), CORNERS + 0.5, atol=0.01)
    np.testing.assert_allclose(-card.vertices[:, 2], np.array([60, 60, 70, 70]) - PULL_CM, rtol=1e-6)
