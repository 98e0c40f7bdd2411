"""3D objects keep to the head, grow when they appear, and move with the expression."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from emoar.errors import InputError
from emoar.overlay import Painter, default_content
from emoar.overlay.content import HeadObject
from emoar.overlay.object import ObjectOverlay
from emoar.types import Face

from .conftest import MakeFace, MakeScene, centroid, changed

NAMED = {item.name: item for items in default_content().objects.values() for item in items}


def painter(*names: str, overlays: tuple[str, ...] = ("object",)) -> Painter:
    items = tuple(NAMED[name] for name in names)
    return Painter(overlays, content=dataclasses.replace(default_content(), objects={"happiness": items}))


def test_each_expression_has_an_object(make_face: MakeFace, make_scene: MakeScene) -> None:
    for label in ("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt"):
        scene = make_scene(make_face((640, 400), label=label), time_s=5)
        assert changed(scene, Painter(["object"]).draw(scene)).sum() > 200, label


def test_no_object_for_a_face_that_is_unsure_or_skipped(make_face: MakeFace, make_scene: MakeScene) -> None:
    for face in (make_face(label="unsure"), make_face(reasons=("too small",))):
        scene = make_scene(face)
        assert not changed(scene, painter("top hat").draw(scene)).any()


def test_follows_shift_and_size(make_face: MakeFace, make_scene: MakeScene) -> None:
    def mask(at: tuple[float, float], height: float) -> Any:
        scene = make_scene(make_face(at, height_px=height))
        return changed(scene, painter("round glasses").draw(scene))

    here, there, small = mask((500, 300), 240), mask((620, 390), 240), mask((500, 300), 120)
    assert centroid(there) - centroid(here) == pytest.approx([120, 90], abs=7)  # seen from another side, too
    assert here.sum() / small.sum() == pytest.approx(4, rel=0.2)


def test_the_head_hides_the_far_rim_of_a_hat(make_face: MakeFace, make_scene: MakeScene) -> None:
    scene = make_scene(make_face((640, 450), height_px=260, angles={"pitch_deg": 10}))
    drawn = changed(scene, painter("top hat").draw(scene))
    forehead = slice(360, 440), slice(600, 680)
    assert drawn[forehead].sum() == 0
    assert drawn[150:300, 560:720].mean() > 0.5


def test_a_nearer_head_hides_the_object_of_another(make_face: MakeFace, make_scene: MakeScene) -> None:
    far = make_face((640, 330), height_px=110)
    near = make_face((640, 300), height_px=420, track_id=2, label="sadness")  # it has no object
    alone, behind = make_scene(far), make_scene(far, near)
    assert changed(alone, painter("round glasses").draw(alone)).any()
    assert not changed(behind, painter("round glasses").draw(behind)).any()


def test_is_there_at_once_in_a_photo_and_grows_in_a_stream(make_face: MakeFace, make_scene: MakeScene) -> None:
    stream = painter("top hat")
    areas = []
    for i in range(40):
        label = "happiness" if i >= 4 else "sadness"
        scene = make_scene(make_face((640, 450), label=label), time_s=i / 30)
        areas.append(int(changed(scene, stream.draw(scene)).sum()))
    photo = make_scene(make_face((640, 450)), time_s=0)
    full = int(changed(photo, painter("top hat").draw(photo)).sum())
    assert areas[3] == 0
    assert areas[5] < 0.5 * full
    assert areas[-1] == pytest.approx(full, rel=0.02)


def test_moves_with_time_and_strength(make_face: MakeFace, make_scene: MakeScene) -> None:
    def picture(time_s: float, confidence: float = 0.82) -> Any:
        face = make_face((640, 400))
        shown = dataclasses.replace(face.expression, confidence=confidence)
        scene = make_scene(dataclasses.replace(face, expression=shown), time_s=time_s)
        return painter("hearts").draw(scene)

    assert (picture(1.0) == picture(1.0)).all()
    assert (picture(1.0) != picture(1.4)).any(axis=2).sum() > 100
    assert (picture(1.0, 0.5) != picture(1.0, 0.95)).any(axis=2).sum() > 100


def test_a_hat_under_the_upper_edge_is_smaller(make_face: MakeFace, make_scene: MakeScene) -> None:
    def width(face: Face) -> int:
        scene = make_scene(face)
        return int(np.ptp(np.nonzero(changed(scene, painter("top hat").draw(scene)))[1]))

    assert width(make_face((640, 190))) < 0.9 * width(make_face((640, 450)))


def test_text_keeps_away_and_a_sticker_stands_beside_the_object(make_face: MakeFace, make_scene: MakeScene) -> None:
    scene = make_scene(make_face((640, 400)))
    content = dataclasses.replace(default_content(), objects={"happiness": (NAMED["top hat"],)})
    boxes = ObjectOverlay(content, 0).draw(_Canvas(), scene, ())
    assert len(boxes) == 1
    assert boxes[0].left < 640 < boxes[0].right


class _Canvas:
    """Takes whatever is drawn."""

    def drawImage(self, *arguments: object) -> None:  # noqa: N802
        pass


def test_a_wrong_file_stops_the_program_with_its_name() -> None:
    wrong = HeadObject("hat", b"no glTF", "my-pack/objects/hat.glb", NAMED["top hat"].place, 1.0)
    content = dataclasses.replace(default_content(), objects={"anger": (wrong,)})
    with pytest.raises(InputError, match=r"^my-pack/objects/hat\.glb: is not binary glTF 2\.0; export it as \.glb$"):
        Painter(["object"], content=content)
    Painter(["label", "sticker"], content=content)  # which do not need it


def test_a_face_too_near_or_at_the_edge_breaks_nothing(make_face: MakeFace, make_scene: MakeScene) -> None:
    for at, height in (((640, 360), 4000), ((-200, 360), 300), ((1279, 719), 300), ((640, -100), 500)):
        scene = make_scene(make_face(at, height_px=height))
        assert painter("top hat", "hearts").draw(scene).shape == (720, 1280, 3)
