"""Stickers keep to their landmark through shift, roll, nearness and turn."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from emoar.overlay import Painter, default_content
from emoar.overlay.content import Place, Sticker
from emoar.types import Face

from .conftest import MakeFace, MakeScene, centroid, changed


def painter(at: str = "nose", **place: object) -> Painter:
    """Draws one sticker, the flame, at one place."""
    flame = next(sticker for sticker in default_content().stickers["anger"] if sticker.name == "flame")
    options = {"offset": (0.0, 0.0, 0.0), "turn_deg": 0.0, "tilt_deg": 0.0, "mirror": False, **place}
    sticker = Sticker("test", flame.art, 0.6, (Place(at, **options),))
    return Painter(("sticker",), content=dataclasses.replace(default_content(), stickers={"anger": (sticker,)}))


def spot(face: Face, make_scene: MakeScene, **options: object) -> np.ndarray:
    scene = make_scene(face)
    return centroid(changed(scene, painter(**options).draw(scene)))


def test_follows_a_shift(make_face: MakeFace, make_scene: MakeScene) -> None:
    here, there = (make_face(at, label="anger") for at in ((500, 300), (620, 390)))
    moved = there.landmarks_px[4, :2] - here.landmarks_px[4, :2]
    assert np.linalg.norm(moved) > 100
    assert spot(there, make_scene) - spot(here, make_scene) == pytest.approx(moved, abs=3)


@pytest.mark.parametrize("roll_deg", [-40, -15, 15, 40])
def test_follows_a_roll(roll_deg: float, make_face: MakeFace, make_scene: MakeScene) -> None:
    """With the head leaning, a sticker above the nose moves on a circle around it."""
    above = {"offset": (0.0, 1.0, 0.0)}
    upright, leaning = make_face(label="anger"), make_face(label="anger", angles={"roll_deg": roll_deg})
    start = spot(upright, make_scene, **above) - upright.landmarks_px[4, :2]
    angle = math.radians(roll_deg)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    assert spot(leaning, make_scene, **above) - leaning.landmarks_px[4, :2] == pytest.approx(turn @ start, abs=4)


def test_grows_with_the_head(make_face: MakeFace, make_scene: MakeScene) -> None:
    near, far = (make_scene(make_face(label="anger", height_px=height)) for height in (320, 160))
    areas = [int(changed(scene, painter().draw(scene)).sum()) for scene in (near, far)]
    assert areas[0] / areas[1] == pytest.approx(4, rel=0.12)


def test_narrows_with_the_turn_and_goes_when_seen_from_behind(make_face: MakeFace, make_scene: MakeScene) -> None:
    areas = []
    for yaw in (0, 60, 100):
        scene = make_scene(make_face(label="anger", angles={"yaw_deg": yaw}))
        areas.append(int(changed(scene, painter("above_head").draw(scene)).sum()))
    assert areas[1] / areas[0] == pytest.approx(0.5, abs=0.08)
    assert areas[2] == 0


def test_left_is_the_persons_left(make_face: MakeFace, make_scene: MakeScene) -> None:
    face = make_face(label="anger")
    middle = face.landmarks_px[168, 0]
    assert spot(face, make_scene, at="left_eye")[0] > middle + 20
    assert spot(face, make_scene, at="right_eye")[0] < middle - 20
    assert spot(face, make_scene, at="nose", offset=(0.5, 0.0, 0.0))[0] > middle + 20


def test_mirrored_sticker_is_the_mirror_image(make_face: MakeFace, make_scene: MakeScene) -> None:
    scene = make_scene(make_face(label="anger"))
    plain, mirrored = (changed(scene, painter(mirror=flag).draw(scene)) for flag in (False, True))
    differing = (plain ^ mirrored[:, ::-1]).sum() / plain.sum()
    assert differing < 0.03
    assert (plain ^ mirrored).sum() / plain.sum() > 2 * differing
