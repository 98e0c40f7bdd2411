"""The label stands beside the head and is never mirrored."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from emoar.overlay import draw
from emoar.overlay.base import paint_over
from emoar.overlay.fonts import fonts
from emoar.overlay.heads import head_box
from emoar.overlay.label import LabelOverlay, heading_of, shown_labels
from emoar.overlay.layout import Box
from emoar.types import Scene

from .conftest import MakeFace, MakeScene


def boxes(scene: Scene) -> list[Box]:
    found: list[Box] = []
    paint_over(scene.frame.image, lambda canvas: found.extend(LabelOverlay().draw(canvas, scene, ())))
    return found


def test_a_long_label_is_cut(make_face: MakeFace) -> None:
    face = make_face()
    assert heading_of(face) == "happiness 82 %"
    long = dataclasses.replace(face.expression, label="concentrated but not unhappy")
    assert heading_of(dataclasses.replace(face, expression=long)) == "concentrated but not un… 82 %"


@pytest.mark.parametrize(("count", "shown"), [(1, "0"), (10, "0123456789"), (12, "23456789ab")])
def test_at_most_ten_labels_have_bars_in_their_order(count: int, shown: str) -> None:
    probabilities = {format(index, "x"): (index + 1) / 100 for index in range(count)}
    assert "".join(shown_labels(probabilities)) == shown


@pytest.mark.parametrize(("x", "side"), [(200, "right"), (640, "right"), (1180, "left")])
def test_right_of_the_head_or_left_where_there_is_no_room(
    x: int, side: str, make_face: MakeFace, make_scene: MakeScene
) -> None:
    face = make_face((x, 360))
    (box,) = boxes(make_scene(face))
    head = head_box(face)
    assert box.overlap(head) == 0
    assert (box.left >= head.right) == (side == "right")
    assert (box.right <= head.left) == (side == "left")


@pytest.mark.parametrize("where", [(0, 0), (1, 0), (0, 1), (1, 1)])
@pytest.mark.parametrize("size_px", [(320, 240), (1280, 720), (3840, 2160)])
def test_inside_the_frame(
    where: tuple[int, int], size_px: tuple[int, int], make_face: MakeFace, make_scene: MakeScene
) -> None:
    width, height = size_px
    face = make_face((where[0] * width, where[1] * height), 0.5 * height, size_px)
    (box,) = boxes(make_scene(face, size_px=size_px))
    assert min(box.left, box.top) >= 0
    assert box.right <= width
    assert box.bottom <= height


def test_labels_of_neighbours_do_not_cover_each_other(make_face: MakeFace, make_scene: MakeScene) -> None:
    found = boxes(make_scene(make_face((420, 360)), make_face((660, 360), track_id=2)))
    assert found[0].overlap(found[1]) == 0


def test_bars_have_the_length_of_their_probability(make_face: MakeFace, make_scene: MakeScene) -> None:
    """The happiness bar (yellow) is as long as 82 % of its track."""
    scene = make_scene(make_face(height_px=300))
    (box,) = boxes(scene)
    picture = draw(scene, ("label",)).astype(int)
    left, top, right, bottom = map(int, box)
    panel = picture[top:bottom, left:right]
    yellow = (panel[:, :, 0] > 200) & (panel[:, :, 2] < 110)
    rows = yellow.sum(axis=1)
    rows[: int(0.25 * len(rows))] = 0  # the heading's dot is yellow too
    bar = int(np.argmax(rows))
    length, track = rows[bar], (panel.shape[1] - np.nonzero(yellow[bar])[0][0]) - 0.62 * box.height / 9.6
    assert length / track == pytest.approx(0.82, abs=0.04)


def test_text_is_not_mirrored(make_face: MakeFace, make_scene: MakeScene) -> None:
    """`L`-like letters lean on their stem: the heading, drawn alone, looks like itself and not like its mirror."""
    from emoar.overlay.engine import skia
    from emoar.overlay.fonts import EM, Span

    scene = make_scene(make_face(reasons=("FLE",)))
    (box,) = boxes(scene)
    left, top, right, bottom = map(int, box)
    seen = draw(scene, ("label",))[top:bottom, left:right, 1].astype(float)

    heading = fonts().paragraph([Span("skipped: FLE", EM, (255, 255, 255))])
    surface = skia.Surface(int(heading.LongestLine) + 2, int(heading.Height) + 1)
    heading.paint(surface.getCanvas(), 0, 0)
    drawn = surface.toarray()[:, :, 1].astype(np.float32)

    def likeness(template: np.ndarray) -> float:
        import cv2

        width = round(seen.shape[0] / (1.7 * EM) * template.shape[1])
        small = cv2.resize(template, (width, round(seen.shape[0] / (1.7 * EM) * template.shape[0])))
        return float(cv2.matchTemplate(seen.astype(np.float32), small, cv2.TM_CCOEFF_NORMED).max())

    assert likeness(drawn) > 0.8
    assert likeness(np.ascontiguousarray(drawn[:, ::-1])) < 0.6


@pytest.mark.parametrize("size_px", [(1280, 720), (3840, 2160)])
def test_size_grows_with_the_picture(size_px: tuple[int, int], make_face: MakeFace, make_scene: MakeScene) -> None:
    width, height = size_px
    (box,) = boxes(make_scene(make_face((width / 2, height / 2), height / 4, size_px), size_px=size_px))
    assert 0.10 < box.width / width < 0.25
