"""Where a point of the face is after a change of the frame."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.training.evaluation.shifts.framing import off_centre, rotation, stretch, zoom

SIDE = 49  # the middle is pixel 24


def dot(x: int, y: int, colour: bool = False) -> np.ndarray:
    face = np.zeros((SIDE, SIDE, 3) if colour else (SIDE, SIDE), np.uint8)
    face[y - 2 : y + 3, x - 2 : x + 3] = 255
    return face


def centre_of(face: np.ndarray) -> tuple[float, float]:
    weights = face.reshape(SIDE, SIDE, -1)[..., 0].astype(float)
    y, x = np.indices(weights.shape)
    return float((x * weights).sum() / weights.sum()), float((y * weights).sum() / weights.sum())


@pytest.mark.parametrize("colour", [False, True])
def test_zoom_and_stretch_are_around_the_middle(colour: bool) -> None:
    rng = np.random.default_rng(0)
    assert centre_of(zoom(1.5)(dot(32, 20, colour), rng)) == pytest.approx((36, 18), abs=0.2)
    assert centre_of(zoom(0.5)(dot(32, 20, colour), rng)) == pytest.approx((28, 22), abs=0.2)
    assert centre_of(stretch(0.5, 1.5)(dot(32, 20, colour), rng)) == pytest.approx((28, 18), abs=0.2)


def test_off_centre_moves_by_its_share_in_all_directions() -> None:
    moved = np.array([centre_of(off_centre(0.2)(dot(24, 24), np.random.default_rng(seed))) for seed in range(40)]) - 24
    assert np.linalg.norm(moved, axis=1) == pytest.approx(0.2 * SIDE, abs=0.3)
    assert (moved.min(axis=0) < -5).all()
    assert (moved.max(axis=0) > 5).all()


def test_rotation_turns_either_way() -> None:
    tops = [centre_of(rotation(30)(dot(24, 8), np.random.default_rng(seed))) for seed in range(20)]
    for x, y in tops:
        assert abs(x - 24) == pytest.approx(8, abs=0.3)
        assert y == pytest.approx(24 - 16 * np.cos(np.pi / 6), abs=0.3)
    assert {x > 24 for x, _ in tops} == {True, False}


def test_beyond_the_edge_the_nearest_pixels_repeat() -> None:
    assert (zoom(0.5)(np.full((8, 8), 70, np.uint8), np.random.default_rng(0)) == 70).all()
