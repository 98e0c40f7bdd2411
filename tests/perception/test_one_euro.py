from __future__ import annotations

import numpy as np
import pytest

from emoar.perception.one_euro import OneEuro, OneEuroOptions


def run(values: np.ndarray, times: np.ndarray, unit: float = 1.0) -> np.ndarray:
    one_euro = OneEuro(OneEuroOptions())
    return np.array([one_euro.filter(np.float32([v]), float(t), unit)[0] for v, t in zip(values, times, strict=True)])


def test_jitter_at_rest_shrinks() -> None:
    times = np.arange(300) / 30
    noise = np.random.default_rng(0).normal(0, 0.005, 300)
    assert run(noise, times)[60:].std() < 0.6 * noise[60:].std()


def test_quick_motion_is_followed_closely() -> None:
    times = np.arange(90) / 30
    moving = 3.0 * times  # three eye distances a second
    lag = moving[60:] - run(moving, times)[60:]
    assert (lag < 0.06).all()


def test_the_frames_own_times_count_not_their_number() -> None:
    times = np.arange(120) / 30
    step = (times > 1).astype(float)
    full, half = run(step, times), run(step[::2], times[::2])
    at = np.searchsorted(times, 1.3)
    assert half[at // 2] == pytest.approx(full[at], abs=0.12)


def test_near_and_far_faces_filter_alike() -> None:
    times = np.arange(60) / 30
    signal = np.cumsum(np.random.default_rng(1).normal(0, 0.02, 60))
    np.testing.assert_allclose(run(signal * 50, times, unit=50) / 50, run(signal, times, unit=1), atol=1e-4)


def test_reset_and_standing_time_pass_the_value() -> None:
    one_euro = OneEuro(OneEuroOptions())
    one_euro.filter(np.float32([0]), 0.0, 1)
    assert one_euro.filter(np.float32([9]), 0.0, 1)[0] == 9
    one_euro.reset()
    assert one_euro.filter(np.float32([3]), 0.1, 1)[0] == 3
