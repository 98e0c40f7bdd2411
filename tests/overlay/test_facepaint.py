"""Paint lies on the skin that the camera sees, follows it, and lets its shading through."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from emoar.overlay import Painter, default_content
from emoar.overlay.content import FacePaint
from emoar.overlay.content.svg import load_svg

from .conftest import MakeFace, MakeScene, changed


@pytest.fixture
def painter(tmp_path: Path) -> Painter:
    """Paints the person's right cheek red and the left one blue."""
    art = tmp_path / "cheeks.svg"
    art.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 1000">'
        '<circle cx="277" cy="532" r="60" fill="#f00"/><circle cx="723" cy="532" r="60" fill="#00f"/></svg>'
    )
    paints = {"anger": (FacePaint("cheeks", load_svg(art), 1.0, 0.6),)}
    return Painter(("facepaint",), content=dataclasses.replace(default_content(), facepaints=paints))


def red_and_blue(painter: Painter, make_scene: MakeScene, make_face: MakeFace, yaw_deg: float) -> tuple[int, int]:
    scene = make_scene(make_face(label="anger", angles={"yaw_deg": yaw_deg}))
    picture = painter.draw(scene).astype(int)
    return int((picture[:, :, 0] > picture[:, :, 2] + 20).sum()), int((picture[:, :, 2] > picture[:, :, 0] + 20).sum())


def test_each_cheek_has_its_colour_where_it_is(painter: Painter, make_face: MakeFace, make_scene: MakeScene) -> None:
    face = make_face(label="anger")
    picture = painter.draw(make_scene(face))
    for landmark, channel in ((50, 0), (280, 2)):
        x, y = face.landmarks_px[landmark, :2].round().astype(int)
        assert int(np.argmax(picture[y, x])) == channel
    x, y = face.landmarks_px[151, :2].round().astype(int)
    assert (picture[y, x] == 120).all()


def test_hidden_on_the_side_that_turns_away(painter: Painter, make_face: MakeFace, make_scene: MakeScene) -> None:
    red, blue = red_and_blue(painter, make_scene, make_face, 0)
    assert red == pytest.approx(blue, rel=0.1)
    red_left, blue_left = red_and_blue(painter, make_scene, make_face, 65)  # shows the right cheek
    assert red_left > 0.4 * red
    assert blue_left == 0
    red_right, blue_right = red_and_blue(painter, make_scene, make_face, -65)
    assert blue_right > 0.4 * blue
    assert red_right == 0


def test_skin_shading_shows_through(painter: Painter, make_face: MakeFace, make_scene: MakeScene) -> None:
    face = make_face(label="anger")
    x, y = face.landmarks_px[50, :2].round().astype(int)
    dark, light = (int(painter.draw(make_scene(face, grey=grey))[y, x, 0]) for grey in (60, 200))
    assert light - dark > 20


def test_eyes_and_mouth_stay_bare(make_face: MakeFace, make_scene: MakeScene, tmp_path: Path) -> None:
    art = tmp_path / "all.svg"
    art.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><rect width="10" height="10" fill="red"/></svg>'
    )
    paints = {"anger": (FacePaint("all", load_svg(art), 1.0, 1.0),)}
    face = make_face(label="anger", height_px=400)
    scene = make_scene(face)
    content = dataclasses.replace(default_content(), facepaints=paints)
    mask = changed(scene, Painter(("facepaint",), content=content).draw(scene))
    for eye in ((33, 133, 159, 145), (263, 362, 386, 374)):
        x, y = face.landmarks_px[list(eye), :2].mean(axis=0).round().astype(int)
        assert not mask[y, x]
    x, y = face.landmarks_px[1, :2].round().astype(int)
    assert mask[y, x]


def test_stays_inside_the_face(painter: Painter, make_face: MakeFace, make_scene: MakeScene) -> None:
    face = make_face(label="anger")
    scene = make_scene(face)
    left, top, right, bottom = face.box_xyxy_px.astype(int)
    mask = changed(scene, painter.draw(scene))
    mask[top - 2 : bottom + 3, left - 2 : right + 3] = False
    assert not mask.any()
