"""Boxes: moved inside, overlapped, placed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from emoar.overlay.layout import (
    Box,
    Ground,
    Line,
    Wish,
    boxes_of,
    cheapest_position,
    cheapest_positions,
    crosses,
)

FRAME = Box(0, 0, 100, 100)


def wish_of(*boxes: Box, frame: Box = FRAME, **more: Any) -> Wish:
    """A wish for boxes of one size."""
    size = boxes[0].width, boxes[0].height
    return Wish(size, lambda: [box[:2] for box in boxes], frame, **more)


@pytest.mark.parametrize(
    ("box", "moved"),
    [
        (Box(20, 20, 40, 30), Box(20, 20, 40, 30)),
        (Box(20.4, 20.6, 40.4, 30.6), Box(20, 21, 40, 31)),  # at integer pixels
        (Box(-5, 20, 15, 30), Box(2, 20, 22, 30)),
        (Box(90, 95, 110, 105), Box(78, 88, 98, 98)),
        (Box(-50, 10, 70, 20), Box(-10, 10, 110, 20)),  # too wide: centred
    ],
)
def test_kept_inside(box: Box, moved: Box) -> None:
    assert wish_of(box, frame=Box(2, 2, 98, 98)).place(0) == pytest.approx(moved)


@pytest.mark.parametrize(
    ("other", "area"),
    [(Box(0, 0, 10, 10), 100), (Box(5, 5, 20, 20), 25), (Box(10, 0, 20, 10), 0), (Box(30, 30, 40, 40), 0)],
)
def test_overlap(other: Box, area: float) -> None:
    assert Box(0, 0, 10, 10).overlap(other) == area


def place(
    *places: Box,
    free: Sequence[Box] = (),
    obstacles: Sequence[Box] = (),
    uncrossed: Sequence[Box] = (),
    **more: Any,
) -> int | None:
    """The index of the cheapest of these places."""
    ground = Ground(boxes_of(free), boxes_of(uncrossed), boxes_of(obstacles))
    return cheapest_position(wish_of(*places, **more), ground)


FIRST, SECOND = Box(0, 0, 10, 10), Box(20, 0, 30, 10)


def test_best_place_avoids_prefers_and_stays() -> None:
    assert place(FIRST, SECOND) == 0
    assert place(FIRST, SECOND, obstacles=[FIRST]) == 1
    assert place(FIRST, SECOND, obstacles=[Box(2, 2, 4, 4)]) == 1  # small, but it would be hidden
    assert place(FIRST, SECOND, last=1) == 1
    assert place(FIRST, SECOND, last=1, obstacles=[SECOND]) == 0
    assert place(Box(-40, 0, -30, 10), SECOND) == 1  # pushed far from its wish


def test_nothing_that_has_to_be_free_is_covered() -> None:
    assert place(FIRST, SECOND, free=[Box(9, 9, 19, 19)]) == 1
    assert place(FIRST, SECOND, free=[Box(9, 9, 21, 19)]) is None
    assert cheapest_position(Wish((1, 1), list, FRAME), Ground()) is None


def test_a_new_place_keeps_its_distance_and_the_last_one_may_stay() -> None:
    near = [Box(12, 0, 14, 10)]
    assert place(FIRST, SECOND, aside_px=4, free=near) == 1
    assert place(FIRST, SECOND, aside_px=4, free=near, last=0) == 0


def test_no_line_crosses_another_face() -> None:
    def line(box: Box) -> Line:
        return box.centre, (18.0, 5.0)

    assert place(FIRST, SECOND, line=line) == 0
    assert place(FIRST, SECOND, line=line, uncrossed=[Box(13, 0, 15, 10)]) == 1
    assert place(FIRST, SECOND, line=line, uncrossed=[Box(17, 0, 19, 10)]) is None


@pytest.mark.parametrize(
    ("line", "crossed"),
    [
        (((0, 15), (50, 15)), True),
        (((15, 15), (50, 60)), True),
        (((0, 25), (50, 25)), False),
        (((0, 15), (5, 15)), False),
        (((5, 0), (5, 50)), False),
        (((0, 25), (12, 18)), True),  # past a corner
    ],
)
def test_crosses(line: Line, crossed: bool) -> None:
    assert crosses(line, Box(10, 10, 20, 20)) == crossed


def placed(*wishes: Sequence[Wish], free: Sequence[Box] = ()) -> list[Box | None]:
    ground = Ground(boxes_of(free))
    return [one and one.box for one in cheapest_positions(wishes, lambda of, wish: ground)]


def test_texts_of_several_faces_share_the_room() -> None:
    one, other = wish_of(FIRST), wish_of(SECOND)
    assert placed([one], [other]) == [FIRST, SECOND]
    assert placed([one], [one]) == [FIRST, None]
    assert placed([one], [one, other]) == [FIRST, SECOND]
    assert placed([one, other], free=[FIRST]) == [SECOND]
    assert placed([], [one]) == [None, FIRST]
    assert placed() == []


def test_a_form_for_all_is_had_by_all_or_by_none() -> None:
    third = Box(40, 0, 50, 10)
    large, small = wish_of(FIRST, for_all=True), wish_of(SECOND)
    assert placed([large, small], [wish_of(third, for_all=True)]) == [FIRST, third]
    assert placed([large, small], [large, wish_of(third)]) == [SECOND, third]
