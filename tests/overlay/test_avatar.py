"""The avatar covers each face, and moves as it does."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from emoar.labels import UNSURE
from emoar.overlay import Painter, default_content
from emoar.types import Face

from .conftest import MakeFace, MakeScene, changed

FUR = np.array([0xE8, 0x77, 0x2E])
OPEN: Mapping[str, float] = {"jawOpen": 0.6, "mouthSmileLeft": 0.0, "mouthSmileRight": 0.0}
SHUT: Mapping[str, float] = {"jawOpen": 0.0, "mouthSmileLeft": 0.0, "mouthSmileRight": 0.0}


def inside_of_the_mouth(picture: np.ndarray) -> int:
    """How many pixels have the colour of the mouth's inside or the tongue."""
    red, green, blue = np.moveaxis(picture.astype(int), -1, 0)
    return int(((red > 40) & (red > 1.6 * green) & (blue > 0.8 * green)).sum())


def measured(face: Face, measures: Mapping[str, float] | None) -> Face:
    return dataclasses.replace(face, measures=measures)


@pytest.mark.parametrize("face", [{}, {"label": UNSURE}, {"reasons": ("too dark",)}, {"angles": {"yaw_deg": 50}}])
def test_covers_every_face(face: dict[str, Any], make_face: MakeFace, make_scene: MakeScene) -> None:
    made = make_face((640, 400), **face)
    scene = make_scene(made)
    drawn = changed(scene, Painter(["avatar"]).draw(scene))
    for x, y in made.landmarks_px[:, :2].astype(int):
        assert drawn[y, x]
    assert drawn.mean() < 0.25


def test_lies_over_paint_and_under_text(make_face: MakeFace, make_scene: MakeScene) -> None:
    scene = make_scene(make_face((640, 400)))
    alone = Painter(["avatar"]).draw(scene)
    assert (Painter(["facepaint", "avatar"]).draw(scene) == alone).all()
    assert (Painter(["label", "avatar"]).draw(scene) != alone).any()


def test_opens_its_mouth_by_the_measures(make_face: MakeFace, make_scene: MakeScene) -> None:
    face = make_face((640, 400), label="neutral")
    opened, shut = (
        inside_of_the_mouth(Painter(["avatar"]).draw(make_scene(measured(face, values)))) for values in (OPEN, SHUT)
    )
    assert opened > 200
    assert shut == 0


def test_does_without_measures(make_face: MakeFace, make_scene: MakeScene) -> None:
    """By lengths on the mesh: a landmark of the lower lip goes down, and the jaw opens."""
    face = make_face((640, 400), label="neutral")
    points = face.landmarks_px.copy()
    points[14, 1] += 40
    opened = dataclasses.replace(face, landmarks_px=points)
    pictures = [Painter(["avatar"]).draw(make_scene(one)) for one in (face, opened)]
    assert [inside_of_the_mouth(picture) > 200 for picture in pictures] == [False, True]


def test_follows_within_a_few_frames(make_face: MakeFace, make_scene: MakeScene) -> None:
    face, painter = make_face((640, 400), label="neutral"), Painter(["avatar"])
    painter.draw(make_scene(measured(face, SHUT), time_s=0))
    found = [
        inside_of_the_mouth(painter.draw(make_scene(measured(face, OPEN), time_s=(i + 1) / 30))) for i in range(10)
    ]
    assert found[0] < 0.8 * found[1] < found[-1]
    assert found[5] > 0.9 * found[-1]


def test_another_stream_begins_at_once(make_face: MakeFace, make_scene: MakeScene) -> None:
    face, painter = measured(make_face((640, 400)), OPEN), Painter(["avatar"])
    for i in range(3):
        painter.draw(make_scene(measured(face, SHUT), time_s=5 + i / 30))
    again = make_scene(face, time_s=0)
    assert (painter.draw(again) == Painter(["avatar"]).draw(again)).all()


def test_learns_the_persons_own_lids(make_face: MakeFace, make_scene: MakeScene) -> None:
    """The average mesh has narrow lids: seen as neutral for some seconds, they are open ones."""
    face, painter = make_face((640, 400), label="neutral"), Painter(["avatar"])
    whites: list[int] = []
    for i in range(60):
        picture = painter.draw(make_scene(face, time_s=i / 5))
        eyes = picture[330:420, 560:720].astype(int)
        whites.append(int(((eyes[..., 1] > eyes[..., 0] + 15) & (eyes[..., 1] > eyes[..., 2] + 15)).sum()))
    assert whites[-1] > 1.3 * whites[0] > 0


def test_hides_what_is_behind_it_as_a_head_does(make_face: MakeFace, make_scene: MakeScene) -> None:
    """A hat's far rim, and the object of a face behind another avatar."""
    content = default_content()
    glasses = next(item for items in content.objects.values() for item in items if item.name == "round glasses")
    content = dataclasses.replace(content, objects={"happiness": (glasses,)})
    far, near = make_face((640, 330), height_px=110), make_face((640, 300), height_px=420, track_id=2, label="sadness")
    scene = make_scene(far, near)
    alone = Painter(["avatar"]).draw(scene)
    assert (Painter(["avatar", "object"], content=content).draw(scene) == alone).all()
    assert (alone[300, 640] - FUR.astype(int)).max() < 60  # the near one's brow


def test_near_ones_are_drawn_over_far_ones(make_face: MakeFace, make_scene: MakeScene) -> None:
    far, near = make_face((600, 360), height_px=150), make_face((640, 360), height_px=300, track_id=2)
    both, other = (Painter(["avatar"]).draw(make_scene(*faces)) for faces in ((far, near), (near,)))
    assert (both[360, 540:740] == other[360, 540:740]).all()


def test_is_not_drawn_outside_the_picture(make_face: MakeFace, make_scene: MakeScene) -> None:
    scene = make_scene(make_face((-900, 400)))
    assert not changed(scene, Painter(["avatar"]).draw(scene)).any()
