"""A face at rest, and movements from it."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.perception.measures.rest import Rest, RestOptions, relative

OPTIONS = RestOptions()
MEAN, OWN = np.array([0.1, 0.3], np.float32), np.array([0.3, 0.1], np.float32)


def after(seconds: float, rate: float, options: RestOptions = OPTIONS) -> np.ndarray:
    rest = Rest.unknown(MEAN)
    for _ in range(round(seconds * rate)):
        rest = rest.learned(OWN, 1 / rate, options)
    return rest.values(options)


def test_at_first_it_is_that_of_the_mean_face() -> None:
    np.testing.assert_array_equal(Rest.unknown(MEAN).values(OPTIONS), MEAN)


@pytest.mark.parametrize("rate", [10, 30, 120])
def test_the_persons_own_is_learned_by_time_and_not_by_frames(rate: float) -> None:
    np.testing.assert_allclose(after(1, rate), (MEAN + OWN) / 2, atol=1e-5)
    np.testing.assert_allclose(after(3, rate), MEAN + (OWN - MEAN) * 3 / 4, atol=1e-5)


def test_later_faces_replace_earlier_ones() -> None:
    rest = Rest.unknown(MEAN)
    for values in (MEAN, OWN):
        for _ in range(3000):
            rest = rest.learned(values, 1 / 30, OPTIONS)
    assert np.abs(rest.own - OWN).max() < 0.01


def test_a_long_gap_counts_little() -> None:
    rest = Rest.unknown(MEAN).learned(OWN, 60.0, OPTIONS)
    assert rest.seconds == OPTIONS.longest_step_s
    assert Rest.unknown(MEAN).learned(OWN, 0.0, OPTIONS).seconds == 0


@pytest.mark.parametrize(
    ("value", "rest", "expected"), [(0.2, 0.2, 0), (0.1, 0.2, 0), (0.6, 0.2, 0.5), (1, 0.2, 1), (1, 1, 0)]
)
def test_movement_from_rest(value: float, rest: float, expected: float) -> None:
    moved = relative(np.array([value], np.float32), np.array([rest], np.float32))
    assert moved.tolist() == pytest.approx([expected], abs=1e-6)
