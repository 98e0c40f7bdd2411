"""The quote stays while the label lasts, and its bubble stays inside the frame."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from emoar.overlay import Painter, default_content, draw
from emoar.overlay.base import paint_over
from emoar.overlay.heads import head_box
from emoar.overlay.layout import Box
from emoar.overlay.quote import QuoteOverlay
from emoar.types import Scene

from .conftest import MakeFace, MakeScene, changed


def overlay(seed: int = 0) -> QuoteOverlay:
    return QuoteOverlay(default_content(), seed)


def bubbles(scene: Scene, painter: QuoteOverlay | None = None) -> list[Box]:
    found: list[Box] = []
    painter = painter or overlay()
    paint_over(scene.frame.image, lambda canvas: found.extend(painter.draw(canvas, scene, ())))
    return found


@pytest.mark.parametrize("size_px", [(320, 240), (640, 480), (1280, 720), (3840, 2160), (720, 1280)])
@pytest.mark.parametrize("share", [0.1, 0.4, 0.9])
@pytest.mark.parametrize("where", [(0, 0), (1, 0), (0, 1), (1, 1), (0.5, 0.5), (0.5, 1.3), (-0.4, 0.5)])
def test_bubble_is_inside_the_frame(
    size_px: tuple[int, int],
    share: float,
    where: tuple[float, float],
    make_face: MakeFace,
    make_scene: MakeScene,
) -> None:
    width, height = size_px
    face = make_face((where[0] * width, where[1] * height), share * height, size_px)
    found = bubbles(make_scene(face, size_px=size_px))
    assert len(found) == 1 or (
        share == 0.9 and where == (0.5, 0.5)
    )  # there is no room beside a face that fills the frame
    for left, top, right, bottom in found:
        assert left >= 0
        assert top >= 0
        assert right <= width
        assert bottom <= height


def test_bubble_leaves_faces_and_labels_free_where_there_is_room(make_face: MakeFace, make_scene: MakeScene) -> None:
    faces = (make_face((350, 420), 180), make_face((900, 420), 180, track_id=2, label="sadness"))
    scene = make_scene(*faces)
    found = bubbles(scene)
    assert len(found) == 2
    assert found[0].overlap(found[1]) == 0
    for bubble in found:
        for face in faces:
            assert bubble.overlap(head_box(face)) < 0.02 * bubble.width * bubble.height


def test_bubble_does_not_jump_to_and_fro(make_face: MakeFace, make_scene: MakeScene) -> None:
    """A head that trembles at any place of the frame keeps its bubble on one side."""
    for x in range(100, 1200, 60):
        painter = overlay()
        shaken = (make_scene(make_face((x + 3 * (-1) ** step, 300), 180)) for step in range(8))
        assert float(np.ptp([bubbles(scene, painter)[0].left for scene in shaken])) <= 20


def test_text_is_sharp_at_4k(make_face: MakeFace, make_scene: MakeScene) -> None:
    """Letters are drawn at the final size: an edge in the bubble is as steep as a pixel allows."""
    face = make_face((1900, 1200), 600, (3840, 2160))
    scene = make_scene(face, size_px=(3840, 2160))
    left, top, right, bottom = map(int, bubbles(scene)[0])
    text = draw(scene, ("quote",))[top + 40 : bottom - 40, left + 40 : right - 40, 1].astype(int)
    assert np.abs(np.diff(text, axis=1)).max() > 150


def test_bubble_follows_the_head(make_face: MakeFace, make_scene: MakeScene) -> None:
    first, second = (bubbles(make_scene(make_face((x, 420), 160)))[0] for x in (400, 460))
    assert second.left - first.left == pytest.approx(60, abs=3)


def test_pack_without_quotes_draws_nothing(make_face: MakeFace, make_scene: MakeScene) -> None:
    scene = make_scene(make_face())
    empty = dataclasses.replace(default_content(), quotes={})
    assert not changed(scene, Painter(("quote",), content=empty).draw(scene)).any()
