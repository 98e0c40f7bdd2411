"""The room of the demo: of the asked size, and without an edge where it repeats."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.demo.room import COUNTER_TOP_PX, draw_counter, draw_room

SIZE_PX = (1280, 720)


def test_sizes() -> None:
    assert draw_room(SIZE_PX).shape == (720, 1280, 3)
    assert draw_counter(SIZE_PX).shape == (720 - COUNTER_TOP_PX, 1280, 3)


@pytest.mark.parametrize("draw", [draw_room, draw_counter])
def test_seamless_from_side_to_side(draw) -> None:  # type: ignore[no-untyped-def]
    picture = draw(SIZE_PX).astype(int)
    inside = np.abs(np.diff(picture, axis=1)).max()
    seam = np.abs(picture[:, 0] - picture[:, -1]).max()
    assert seam <= inside
    assert picture.std() > 5  # something is drawn
