"""Boxes: moved inside, overlapped, placed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from emoar.overlay.layout import (
    Box,
    Ground,
    Line,
    Obstacle,
    Wish,
    cheapest_position,
    cheapest_positions,
    clamp_to_frame,
    crosses,
)


@pytest.mark.parametrize(
    ("box", "moved"),
    [
        (Box(20, 20, 40, 30), Box(20, 20, 40, 30)),
        (Box(-5, 20, 15, 30), Box(2, 20, 22, 30)),
        (Box(90, 95, 110, 105), Box(78, 88, 98, 98)),
        (Box(-50, 10, 70, 20), Box(-10, 10, 110, 20)),  # too wide: centred
    ],
)
def test_kept_inside(box: Box, moved: Box) -> None:
    assert clamp_to_frame(box, 100, 100, 2) == moved


@pytest.mark.parametrize(
    ("other", "area"),
    [(Box(0, 0, 10, 10), 100), (Box(5, 5, 20, 20), 25), (Box(10, 0, 20, 10), 0), (Box(30, 30, 40, 40), 0)],
)
def test_overlap(other: Box, area: float) -> None:
    assert Box(0, 0, 10, 10).overlap(other) == area


def place(
    *places: Box, last: int | None = None, aside_px: float = 0, free: Sequence[Box] = (), **more: Any
) -> int | None:
    """The index of the cheapest of these places."""
    wish = Wish(places, more.pop("wanted", places), last, aside_px, more.pop("lines", ()))
    return cheapest_position(wish, Ground(free, **more))


FIRST, SECOND = Box(0, 0, 10, 10), Box(20, 0, 30, 10)


def test_best_place_avoids_prefers_and_stays() -> None:
    assert place(FIRST, SECOND) == 0
    assert place(FIRST, SECOND, obstacles=[Obstacle(FIRST, 1.0)]) == 1
    assert place(FIRST, SECOND, obstacles=[Obstacle(Box(2, 2, 4, 4), 1.0)]) == 1  # small, but it would be hidden
    assert place(FIRST, SECOND, last=1) == 1
    assert place(FIRST, SECOND, last=1, obstacles=[Obstacle(SECOND, 1.0)]) == 0
    assert place(FIRST, SECOND, wanted=(Box(-40, 0, -30, 10), SECOND)) == 1  # pushed far from its wish


def test_nothing_that_has_to_be_free_is_covered() -> None:
    assert place(FIRST, SECOND, free=[Box(9, 9, 19, 19)]) == 1
    assert place(FIRST, SECOND, free=[Box(9, 9, 21, 19)]) is None
    assert place() is None


def test_a_new_place_keeps_its_distance_and_the_last_one_may_stay() -> None:
    near = [Box(12, 0, 14, 10)]
    assert place(FIRST, SECOND, aside_px=4, free=near) == 1
    assert place(FIRST, SECOND, aside_px=4, free=near, last=0) == 0


def test_no_line_crosses_another_face() -> None:
    lines = [((10.0, 5.0), (18.0, 5.0)), ((20.0, 5.0), (18.0, 5.0))]
    assert place(FIRST, SECOND, lines=lines, uncrossed=[Box(13, 0, 15, 10)]) == 1


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
    return [one and one.box for one in cheapest_positions(wishes, lambda of, wish: Ground(free))]


def test_texts_of_several_faces_share_the_room() -> None:
    one, other = Wish([FIRST], [FIRST]), Wish([SECOND], [SECOND])
    assert placed([one], [one]) == [FIRST, None]
    assert placed([one], [one, other]) == [FIRST, SECOND]
    assert placed([one, other], free=[FIRST]) == [SECOND]
    assert placed() == []
