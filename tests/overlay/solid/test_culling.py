"""Heads are drawn where bodies are, and nothing of what is seen changes by it."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.overlay.solid.camera import Camera, Window
from emoar.overlay.solid.culling import CELL_PX, Coverage
from emoar.overlay.solid.occluder import head_of
from emoar.overlay.solid.raster import depth_of

from ..conftest import FOV_DEG, MakeFace, MakeScene

WINDOW = Window(100, 50, 200, 120, 120, 200)


def boxes(count: int, seed: int) -> np.ndarray:
    """(count, 4) in and around the window."""
    made = np.random.default_rng(seed)
    corner, size = made.uniform([60, 20], [320, 190], (count, 2)), made.uniform(0, 40, (count, 2))
    return np.hstack([corner, corner + size]).astype(np.float32)


@pytest.mark.parametrize("seed", range(5))
def test_boxes_that_overlap_touch(seed: int) -> None:
    drawn, others = boxes(4, seed), boxes(300, seed + 100)
    low = np.maximum(np.maximum(drawn[:, None, :2], others[:, :2]), [100, 50])
    high = np.minimum(np.minimum(drawn[:, None, 2:], others[:, 2:]), [300, 170])
    overlap = (low < high).all(axis=2).any(axis=0)
    touches = Coverage(WINDOW, drawn).touches(others)
    assert overlap.any()
    assert touches[overlap].all()


def test_boxes_a_cell_away_do_not() -> None:
    where = Coverage(WINDOW, np.array([[110, 60, 120, 70], [250, 130, 280, 160]], np.float32))
    far = 2 * CELL_PX + 2
    others = np.array([[120 + far, 60, 180, 70], [110, 70 + far, 120, 120], [180, 100, 200, 105]], np.float32)
    assert not where.touches(others).any()


def test_depth_is_the_same_where_something_is_drawn(make_face: MakeFace, make_scene: MakeScene) -> None:
    frame = make_scene().frame
    camera = Camera.of(frame, FOV_DEG)
    heads = [head_of(make_face((640, 360), height_px=300), frame)]
    drawn = np.array([[520, 180, 560, 260], [700, 400, 760, 440]], np.float32)
    window = camera.window(np.array([[480, 150, 800, 600]]))
    assert window is not None
    everywhere, there = depth_of(heads, camera, window), depth_of(heads, camera, window, Coverage(window, drawn))
    for left, top, right, bottom in drawn.astype(int) - [480, 150, 480, 150]:
        part = slice(top - 1, bottom + 1), slice(left - 1, right + 1)
        np.testing.assert_array_equal(there[part], everywhere[part])
        assert (there[part] < 1).any()
    assert (there < 1).sum() < 0.6 * (everywhere < 1).sum()
