"""Learning rates, step by step."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.training.loop.schedule import learning_rate
from emoar.training.recipe import Recipe


def rates(steps: int = 100, **settings: object) -> list[float]:
    recipe = Recipe("emoar-s", 1, **{"lr": 0.1, "warmup": 0.2, **settings})  # type: ignore[arg-type]
    return [learning_rate(step, steps, recipe) for step in range(steps)]


def test_one_cycle_rises_peaks_and_ends_near_zero() -> None:
    curve = rates()
    assert max(curve) == pytest.approx(0.1)
    assert int(np.argmax(curve)) == 20
    assert curve[0] == pytest.approx(0.004)
    assert 0 < curve[-1] < 0.001
    assert curve[:21] == sorted(curve[:21])
    assert curve[20:] == sorted(curve[20:], reverse=True)


def test_cosine_with_restarts_returns_to_its_peak() -> None:
    curve = rates(schedule="cosine", warmup=0.0, cycles=4)
    assert [curve[at] for at in (0, 25, 50, 75)] == pytest.approx([0.1] * 4)
    assert [curve[at] for at in (12, 37)] == pytest.approx([curve[62], curve[87]])
    assert max(curve[24], curve[49], curve[99]) < 0.001


def test_multistep_falls_at_its_milestones() -> None:
    curve = rates(schedule="multistep", milestones=(0.5, 0.75), lr_factor=0.1)
    assert (curve[49], curve[50], curve[75]) == pytest.approx((0.1, 0.01, 0.001))


def test_plateau_falls_as_often_as_it_is_told() -> None:
    recipe = Recipe("emoar-s", 1, lr=0.1, schedule="plateau", lr_factor=0.5)
    assert [learning_rate(7, 10, recipe, drops) for drops in (0, 1, 2)] == pytest.approx([0.1, 0.05, 0.025])


def test_constant_stays() -> None:
    assert set(rates(schedule="constant")) == {0.1}
