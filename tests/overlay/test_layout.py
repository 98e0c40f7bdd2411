"""Boxes: moved inside, overlapped, placed."""

from __future__ import annotations

import pytest

from emoar.overlay.layout import Box, Obstacle, cheapest_position, clamp_to_frame


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


def test_best_place_avoids_prefers_and_stays() -> None:
    places = [Box(0, 0, 10, 10), Box(20, 0, 30, 10)]
    assert cheapest_position(places, places, [], None) == 0
    assert cheapest_position(places, places, [Obstacle(Box(0, 0, 10, 10), 1.0)], None) == 1
    assert (
        cheapest_position(places, places, [Obstacle(Box(2, 2, 4, 4), 1.0)], None) == 1
    )  # small, but it would be hidden
    assert cheapest_position(places, places, [], 1) == 1
    assert cheapest_position(places, places, [Obstacle(Box(20, 0, 30, 10), 1.0)], 1) == 0
    assert cheapest_position(places, [Box(-40, 0, -30, 10), places[1]], [], None) == 1  # pushed far from its wish
