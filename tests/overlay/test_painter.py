"""What holds for every overlay."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
import pytest

from emoar.errors import InputError
from emoar.labels import CATEGORIES, FERPLUS
from emoar.overlay import OVERLAYS, Painter, draw
from emoar.overlay.heads import face_box
from emoar.overlay.layout import Box
from emoar.types import Frame, Scene

from .conftest import MakeFace, MakeScene, changed


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_draws_near_the_face_only_and_never_on_the_input(
    overlay: str, make_face: MakeFace, make_scene: MakeScene
) -> None:
    scene = make_scene(make_face((300, 400), 160))
    before = scene.frame.image.copy()
    picture = draw(scene, (overlay,))
    assert picture.shape == before.shape
    assert picture.dtype == np.uint8
    assert np.array_equal(scene.frame.image, before)
    mask = changed(scene, picture)
    assert mask.any()
    assert not mask[:, 900:].any()


@pytest.mark.parametrize("overlays", [(), ("label",), OVERLAYS])
def test_scene_without_faces_gives_an_equal_picture_of_its_own(
    overlays: tuple[str, ...], make_scene: MakeScene
) -> None:
    scene = make_scene()
    picture = draw(scene, overlays)
    assert np.array_equal(picture, scene.frame.image)
    assert not np.shares_memory(picture, scene.frame.image)


@pytest.mark.parametrize("names", [("labels",), ("label", ""), "label"])
def test_unknown_overlay_names_the_known_ones(names: tuple[str, ...], make_scene: MakeScene) -> None:
    with pytest.raises(InputError, match="label, quote, object, sticker, facepaint, avatar, wireframe, box"):
        draw(make_scene(), names)


@pytest.mark.parametrize("size_px", [(1, 1), (7, 3), (64, 64), (640, 360), (361, 641), (3840, 2160)])
@pytest.mark.parametrize("where", [(0.5, 0.5), (0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (3.0, -2.0)])
def test_any_frame_and_place(
    size_px: tuple[int, int], where: tuple[float, float], make_face: MakeFace, make_scene: MakeScene
) -> None:
    width, height = size_px
    face = make_face((where[0] * width, where[1] * height), max(0.4 * height, 1.0), size_px)
    scene = make_scene(face, size_px=size_px)
    assert draw(scene, OVERLAYS).shape == (height, width, 3)


@pytest.mark.parametrize("label", CATEGORIES)
def test_every_expression_draws(label: str, make_face: MakeFace, make_scene: MakeScene) -> None:
    scene = make_scene(make_face(label=label))
    with_content = changed(scene, draw(scene, ("quote", "sticker", "facepaint")))
    assert with_content.any() == (label in FERPLUS)
    assert changed(scene, draw(scene, ("label",))).any()


def test_a_skipped_face_gets_a_label_and_no_content(make_face: MakeFace, make_scene: MakeScene) -> None:
    scene = make_scene(make_face(reasons=("too small",)))
    assert not changed(scene, draw(scene, ("quote", "sticker", "facepaint"))).any()
    assert changed(scene, draw(scene, ("label",))).any()


@pytest.mark.parametrize("field", ["landmarks_px", "pose", "box_xyxy_px"])
def test_face_with_nan_is_left_out(field: str, make_face: MakeFace, make_scene: MakeScene) -> None:
    face = make_face()
    broken = dataclasses.replace(face, **{field: np.full_like(getattr(face, field), np.nan)})
    scene = make_scene(broken)
    assert not changed(scene, draw(scene, OVERLAYS)).any()


def test_face_behind_the_camera_is_left_out(make_face: MakeFace, make_scene: MakeScene) -> None:
    face = make_face()
    pose = face.pose.copy()
    pose[2, 3] = 30
    scene = make_scene(dataclasses.replace(face, pose=pose))
    assert not changed(scene, draw(scene, OVERLAYS)).any()


def test_two_faces_each_have_their_own_content(make_face: MakeFace, make_scene: MakeScene) -> None:
    left = make_face((300, 400), track_id=1, label="happiness")
    right = make_face((950, 400), track_id=2, label="anger")
    both = changed(make_scene(left, right), draw(make_scene(left, right), ("sticker", "facepaint")))
    alone = [changed(make_scene(face), draw(make_scene(face), ("sticker", "facepaint"))) for face in (left, right)]
    assert np.array_equal(both, alone[0] | alone[1])
    assert not (alone[0] & alone[1]).any()


@pytest.mark.parametrize("overlays", [("label", "quote"), ("box", "label", "quote"), ("label",), ("quote",), ("box",)])
@pytest.mark.parametrize(("count", "columns", "height_px"), [(12, 4, 110), (20, 5, 80), (20, 7, 130), (2, 2, 400)])
def test_text_covers_no_face_in_a_crowd(
    count: int, columns: int, height_px: float, overlays: tuple[str, ...], make_face: MakeFace, make_scene: MakeScene
) -> None:
    rows = -(-count // columns)
    faces = []
    for index in range(count):
        aside = 25 * math.sin(5 * index)  # nobody stands in a grid
        x, y = (index % columns + 0.5) / columns * 1280 + aside, (index // columns + 0.6) / rows * 720 + 0.4 * aside
        faces.append(make_face((x, y), height_px, track_id=index + 1, label=FERPLUS[index % len(FERPLUS)]))
    recorder = Recorder()
    Painter([*overlays, recorder]).draw(make_scene(*faces))
    boxes = [face_box(face) for face in faces]
    assert sum(text.overlap(box) for text in recorder.texts for box in boxes) == 0
    assert sum(a.overlap(b) for index, a in enumerate(recorder.texts) for b in recorder.texts[:index]) == 0
    if "label" in overlays:
        assert len(recorder.texts) >= 0.9 * count


class Recorder:
    """Draws nothing; keeps the boxes of the texts."""

    def __init__(self) -> None:
        self.texts: list[Box] = []

    def draw(self, canvas: object, scene: Scene, occupied: Sequence[Box]) -> None:
        self.texts = list(occupied)


def test_read_only_and_strided_frames(make_face: MakeFace) -> None:
    image = np.full((720, 2560, 3), 90, np.uint8)[:, ::2][:, ::-1]
    image.setflags(write=False)
    scene = Scene(Frame(image), (make_face(),))
    assert changed(scene, draw(scene, OVERLAYS)).any()


def test_painter_draws_like_draw_and_again_after_reset(make_face: MakeFace, make_scene: MakeScene) -> None:
    scene, painter = make_scene(make_face()), Painter(("label", "quote"), seed=3)
    first = painter.draw(scene)
    painter.reset()
    assert np.array_equal(painter.draw(scene), first)
    assert np.array_equal(draw(scene, ("quote", "label"), seed=3), first)


def test_a_face_is_drawn_when_it_is_seen_for_the_third_time(make_face: MakeFace, make_scene: MakeScene) -> None:
    """Two scenes of a ghost beside a person: it gets neither label nor quote."""
    recorder = Recorder()
    painter = Painter(["label", "quote", recorder])
    person, ghost = make_face((350, 360)), make_face((950, 360), track_id=2)
    counts = []
    for step, faces in enumerate([(person,), (person, ghost), (person, ghost), (person, ghost)]):
        painter.draw(make_scene(*faces, time_s=1 + step / 25))
        counts.append(len(recorder.texts))
    assert counts == [2, 2, 2, 4]
