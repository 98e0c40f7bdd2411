"""Stickers keep to their landmark through shift, roll, nearness and turn."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from emoar.overlay import Painter, default_content
from emoar.overlay.content import Place, Sticker
from emoar.overlay.sticker import places_beside
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


@pytest.mark.parametrize(
    ("at", "thing", "expected"),
    [
        (("above_head",), None, [(0.0, 1.0)]),
        (("above_head",), "above_head", [(1.2, 0.7)]),  # beside the hat, and lower
        (("above_head",), "nose", [(0.0, 1.0)]),
        (("left_eye", "right_eye"), "above_head", [(0.0, 1.0), (0.0, 1.0)]),
        (("left_eye", "right_eye"), "right_eye", []),  # the object is there
    ],
)
def test_stands_beside_an_object(at: tuple[str, ...], thing: str | None, expected: list[tuple[float, float]]) -> None:
    art = default_content().stickers["anger"][0].art
    sticker = Sticker("test", art, 0.6, tuple(Place(point, (0.0, 1.0, 0.0)) for point in at))
    places = places_beside(sticker, Place(thing) if thing else None)
    assert [place.offset[:2] for place in places] == [pytest.approx(offset) for offset in expected]


def test_the_painter_tells_whether_objects_are_drawn(make_face: MakeFace, make_scene: MakeScene) -> None:
    """The same sticker is elsewhere when the object overlay is on."""
    scene = make_scene(make_face((640, 400), label="happiness"))
    items = {item.name: item for some in default_content().objects.values() for item in some}
    flame = next(sticker for sticker in default_content().stickers["anger"] if sticker.name == "flame")
    content = dataclasses.replace(
        default_content(), stickers={"happiness": (flame,)}, objects={"happiness": (items["clothes peg"],)}
    )
    hat = dataclasses.replace(content, objects={"happiness": (items["top hat"],)})
    alone, with_peg, with_hat = (
        Painter(overlays, content=pack).draw(scene)
        for overlays, pack in ((("sticker",), hat), (("sticker", "object"), content), (("sticker", "object"), hat))
    )
    flames = slice(100, 300), slice(560, 720)
    assert (alone[flames] == with_peg[flames]).all()
    assert (alone[flames] != with_hat[flames]).any()


def test_a_nearer_head_hides_the_sticker_of_another(make_face: MakeFace, make_scene: MakeScene) -> None:
    far = make_face((640, 330), height_px=110, label="anger")
    near = make_face((640, 320), height_px=420, track_id=2, label="sadness")  # it has no sticker
    alone, behind = make_scene(far), make_scene(far, near)
    assert changed(alone, painter().draw(alone)).any()
    assert not changed(behind, painter().draw(behind)).any()
