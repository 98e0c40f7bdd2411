"""The drawn room: its sizes, and seams that cannot be seen."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.demo.room import COUNTER_TOP_PX, draw_counter, draw_room

SIZE_PX = (1280, 720)


def seam(picture: np.ndarray) -> float:
    """Mean difference of the last column and the first, in grey levels."""
    return float(np.abs(picture[:, -1].astype(int) - picture[:, 0]).mean())


@pytest.mark.parametrize("draw", [draw_room, draw_counter])
def test_pictures_are_seamless_and_always_the_same(draw) -> None:  # type: ignore[no-untyped-def]
    picture = draw(SIZE_PX)
    assert picture.dtype == np.uint8
    assert seam(picture) < 3
    np.testing.assert_array_equal(picture, draw(SIZE_PX))


def test_the_room_fills_the_picture_and_repeats() -> None:
    room = draw_room(SIZE_PX)
    assert room.shape == (720, 1280, 3)
    np.testing.assert_array_equal(room[:, 320:640], room[:, 640:960])
    assert room[:600].std() > 10  # windows and lamps on the wall


def test_the_counter_fills_the_lower_part_and_has_a_lit_edge() -> None:
    counter = draw_counter(SIZE_PX)
    assert counter.shape == (720 - COUNTER_TOP_PX, 1280, 3)
    assert counter[:6].mean() > 1.2 * counter[6:12].mean()
