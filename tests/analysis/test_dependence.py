"""Effective sample sizes and intervals of series whose dependence is known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from emoar.analysis.dependence import (
    autocorrelation,
    block_bootstrap,
    circular_shift_test,
    decorrelation_lag,
    effective_sample_size,
)
from emoar.errors import InputError


def autoregressive(coefficient: float, count: int, seed: int = 0) -> NDArray[np.float64]:
    """x[t] = coefficient * x[t-1] + noise: autocorrelation coefficient**k, sample size n (1 - c) / (1 + c)."""
    noise = np.random.default_rng(seed).normal(size=count)
    values = np.empty(count)
    values[0] = noise[0] / np.sqrt(1 - coefficient**2)
    for t in range(1, count):
        values[t] = coefficient * values[t - 1] + noise[t]
    return values


@pytest.mark.parametrize("coefficient", [0.0, 0.5, 0.9, 0.97])
def test_the_effective_sample_size_of_an_autoregressive_series(coefficient: float) -> None:
    values = autoregressive(coefficient, 40_000)
    expected = len(values) * (1 - coefficient) / (1 + coefficient)
    assert effective_sample_size(values) == pytest.approx(expected, rel=0.15)


def test_autocorrelations_of_a_known_series() -> None:
    np.testing.assert_allclose(autocorrelation(np.array([1.0, -1.0, 1.0, -1.0])), [1, -0.75, 0.5, -0.25])
    np.testing.assert_allclose(autocorrelation(np.array([2.0, 2.0, 2.0])), [1, 0, 0])
    assert len(autocorrelation(np.array([np.nan, np.nan]))) == 0
    values = autoregressive(0.8, 20_000)
    np.testing.assert_allclose(autocorrelation(values)[:6], 0.8 ** np.arange(6), atol=0.05)


@pytest.mark.parametrize(
    ("values", "expected"), [([], 0), ([np.nan], 0), ([1.0], 1), ([3.0] * 50, 1), ([1.0, np.nan, 1.0], 1)]
)
def test_values_that_do_not_vary_count_as_one(values: list[float], expected: float) -> None:
    assert effective_sample_size(np.array(values, np.float64)) == expected


def test_a_gap_takes_no_part() -> None:
    values = autoregressive(0.9, 40_000)
    with_gaps = values.copy()
    with_gaps[10_000:12_000] = np.nan
    assert effective_sample_size(with_gaps) == pytest.approx(effective_sample_size(values), rel=0.15)


def test_the_lag_at_which_values_are_independent() -> None:
    assert decorrelation_lag(autoregressive(0.0, 5000)) == 1
    assert decorrelation_lag(autoregressive(0.9, 50_000)) == pytest.approx(22, abs=5)  # 0.9 ** 22 is 0.1
    assert decorrelation_lag(np.arange(5.0)) >= 1


def test_intervals_cover_the_mean_of_dependent_values() -> None:
    def coverage(block: int | None) -> float:
        series = (autoregressive(0.9, 1500, seed) for seed in range(120))
        intervals = [block_bootstrap(values, block=block, draws=200) for values in series]
        return float(np.mean([interval.low <= 0 <= interval.high for interval in intervals]))

    assert coverage(None) > 0.8
    assert coverage(1) < 0.55  # as if the values were independent


def test_an_interval_is_wider_than_for_independent_values() -> None:
    values = autoregressive(0.9, 2000)
    wide, narrow = block_bootstrap(values), block_bootstrap(values, block=1)
    assert wide.value == narrow.value == pytest.approx(values.mean())
    assert wide.high - wide.low > 3 * (narrow.high - narrow.low)
    assert block_bootstrap(values) == wide, "the same draws again"


@pytest.mark.parametrize(
    ("values", "options", "words"),
    [
        ([np.nan], {}, "at least one value"),
        ([1.0, 2.0], {"share": 1.0}, "share must be between"),
        ([1.0, 2.0], {"block": 3}, r"block must be 1\.\.2, got 3"),
        ([1.0, 2.0], {"block": 0}, "block must be"),
    ],
)
def test_intervals_that_cannot_be(values: list[float], options: dict[str, float], words: str) -> None:
    with pytest.raises(InputError, match=words):
        block_bootstrap(np.array(values), **options)  # type: ignore[arg-type]


def test_a_difference_between_segments() -> None:
    inside = np.zeros(1000, bool)
    inside[400:600] = True
    values = autoregressive(0.9, 1000)
    assert circular_shift_test(values + 8 * inside, inside) < 0.01
    assert circular_shift_test(values, inside) > 0.05
    with pytest.raises(InputError, match="both parts"):
        circular_shift_test(values, np.ones(1000, bool))


def test_the_mean_is_the_same_by_either_way() -> None:
    values = autoregressive(0.8, 500)
    values[100:180] = np.nan
    quick, slow = block_bootstrap(values, draws=300), block_bootstrap(values, np.nanmean, draws=300)
    assert quick.low < quick.value < quick.high
    assert (quick.value, quick.low, quick.high) == pytest.approx((slow.value, slow.low, slow.high))


def test_an_interval_is_centred_where_the_ends_of_a_series_differ_from_its_middle() -> None:
    values = np.concatenate([np.zeros(20), np.ones(60), np.zeros(20)]) + autoregressive(0.5, 100) / 100
    found = block_bootstrap(values, block=30)
    assert (found.low + found.high) / 2 == pytest.approx(found.value, abs=0.05), "blocks have the middle more often"
    constant = block_bootstrap(np.full(50, 0.25))
    assert (constant.low, constant.value, constant.high) == pytest.approx((0.25, 0.25, 0.25))
