"""Landmarks turned to the front."""

from __future__ import annotations

import numpy as np
import pytest
from measured_faces import head

from emoar.perception.measures.upright import upright

FRONT = upright(head()[0])


def test_axes_and_scale() -> None:
    left, right, chin, forehead = FRONT[[263, 33, 152, 10]]
    assert left[0] > 0 > right[0]
    assert chin[1] > 0 > forehead[1]
    assert np.abs(left * [-1, 1, 1] - right).max() < 0.05
    assert 0.2 < left[0] < 1.5


@pytest.mark.parametrize("turn_deg", [(0, 35, 0), (20, 0, 0), (0, 0, 60), (12, -25, 30)])
def test_the_head_may_turn(turn_deg: tuple[float, float, float]) -> None:
    np.testing.assert_allclose(upright(head(turn_deg=turn_deg, scale=20)[0]), FRONT, atol=1e-3)


def test_doing_it_twice_changes_nothing() -> None:
    np.testing.assert_allclose(upright(FRONT), FRONT, atol=1e-4)


def test_all_points_in_one_place_give_finite_numbers() -> None:
    assert np.isfinite(upright(np.full((468, 3), 7, np.float32))).all()
