"""What a time series can tell although its values depend on each other.

Neighbouring frames are nearly copies of each other, the more so as labels and landmarks are smoothed. A mean over n of
them is as exact as that of far fewer independent values.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import InputError

__all__ = [
    "Interval",
    "autocorrelation",
    "block_bootstrap",
    "circular_shift_test",
    "decorrelation_lag",
    "effective_sample_size",
]

INDEPENDENT: Final = 0.1  # autocorrelation below which two values count as independent, for the length of blocks
DRAWS: Final = 2000

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """An estimate with its confidence interval."""

    value: float
    low: float
    high: float


def autocorrelation(values: Floats) -> Floats:
    """(N,) autocorrelation at the lags 0..N-1 of evenly spaced (N,) values; gaps (NaN) are left out of the products.

    The biased estimate, divided by N at every lag: its sums stay positive (Priestley, 1981). All 0 but the first for
    values that do not vary.
    """
    known = ~np.isnan(values)
    count = int(known.sum())
    if count == 0:
        return np.empty(0)
    centred = np.where(known, values - values[known].mean(), 0.0)
    size = 1 << (2 * len(values) - 1).bit_length()
    power = np.abs(np.fft.rfft(centred, size)) ** 2
    products = np.fft.irfft(power, size)[: len(values)]
    if products[0] <= 1e-12 * count:
        return np.eye(1, len(values))[0]
    return products / products[0]


def effective_sample_size(values: Floats) -> float:
    """How many independent values would give a mean as exact as these evenly spaced (N,) ones; 1..N.

    N / (1 + 2 * sum of autocorrelations), the sum cut by Geyer's initial positive sequence (Geyer, 1992). Values
    that do not vary count as one.
    """
    count = int((~np.isnan(values)).sum())
    correlations = autocorrelation(values)
    if count < 2 or not correlations[1:].any():
        return float(min(count, 1))
    pairs = correlations[: len(correlations) // 2 * 2].reshape(-1, 2).sum(axis=1)
    negative = np.flatnonzero(pairs <= 0)
    total = pairs[: negative[0]].sum() if len(negative) else pairs.sum()
    return float(np.clip(count / max(2 * total - 1, 1e-9), 1.0, count))


def decorrelation_lag(values: Floats) -> int:
    """The first lag at which the autocorrelation of evenly spaced (N,) values is below `INDEPENDENT`; at least 1."""
    low = np.flatnonzero(autocorrelation(values) < INDEPENDENT)
    return max(int(low[0]) if len(low) else len(values), 1)


def block_bootstrap(
    values: Floats,
    statistic: Callable[[Floats], float] | None = None,
    *,
    block: int | None = None,
    share: float = 0.95,
    draws: int = DRAWS,
    seed: int = 0,
) -> Interval:
    """A statistic of evenly spaced (N,) values with its moving-block bootstrap interval (Kunsch, 1989).

    The interval is centred: the mean of the draws is moved to the statistic of the series (Lahiri, 1992).

    Args:
        values: (N,) with NaN in gaps.
        statistic: of a resampled series; None: the mean, for which the draws take no memory.
        block: values in a block; None: twice `decorrelation_lag`, at most a third of the series.
        share: of the interval.
        draws: resampled series.
        seed: of the draws.

    Raises:
        InputError: there is no value, or `block` or `share` is out of range.
    """
    count = len(values)
    if np.isnan(values).all():
        raise InputError("an interval needs at least one value, got none")
    if not 0 < share < 1:
        raise InputError(f"share must be between 0 and 1, got {share}")
    length = min(2 * decorrelation_lag(values), max(count // 3, 1)) if block is None else block
    if not 1 <= length <= count:
        raise InputError(f"block must be 1..{count}, got {length}")
    rng = np.random.default_rng(seed)
    starts = rng.integers(0, count - length + 1, (draws, -(-count // length)))
    drawn = _means(values, starts, length) if statistic is None else _drawn(values, starts, length, statistic)
    value = float((statistic or np.nanmean)(values))
    off = float(np.mean(drawn)) - value  # blocks leave out the ends of the series more often than its middle
    low, high = np.quantile(drawn, [(1 - share) / 2, (1 + share) / 2]) - off
    if statistic is None:  # a mean lies among its values
        low, high = np.clip([low, high], np.nanmin(values), np.nanmax(values))
    return Interval(value, float(low), float(high))


def _drawn(values: Floats, starts: NDArray[np.int64], length: int, statistic: Callable[[Floats], float]) -> list[float]:
    """The statistic of each resampled series that has a value; (draws, blocks) `starts` of blocks of `length`."""
    places = (starts[:, :, None] + np.arange(length)).reshape(len(starts), -1)[:, : len(values)]
    return [statistic(values[row]) for row in places if not np.isnan(values[row]).all()]


def _means(values: Floats, starts: NDArray[np.int64], length: int) -> Floats:
    """The same for the mean, by sums of whole blocks; the last block is cut to the length of the series."""
    known = ~np.isnan(values)
    sums = np.concatenate([[0.0], np.cumsum(np.where(known, values, 0.0))])
    counts = np.concatenate([[0], np.cumsum(known)])
    ends = starts + length
    ends[:, -1] -= starts.shape[1] * length - len(values)
    totals = (sums[ends] - sums[starts]).sum(axis=1)
    seen = (counts[ends] - counts[starts]).sum(axis=1)
    return totals[seen > 0] / seen[seen > 0]


def circular_shift_test(values: Floats, inside: NDArray[np.bool_], draws: int = DRAWS, seed: int = 0) -> float:
    """p of the difference between two parts of a series, two-sided, if the parts could lie anywhere in it.

    The parts are shifted along the series, around its end, which keeps the dependence of neighbouring values.

    Args:
        values: (N,) evenly spaced, with NaN in gaps.
        inside: (N,) the one part; the other values are the other part.
        draws: shifts; all of them where the series is shorter.
        seed: of the draws.

    Raises:
        InputError: one of the parts has no value.
    """

    def difference(part: NDArray[np.bool_]) -> float:
        known = ~np.isnan(values)
        if not (known & part).any() or not (known & ~part).any():
            return float("nan")
        return abs(float(values[known & part].mean() - values[known & ~part].mean()))

    observed = difference(inside)
    if np.isnan(observed):
        raise InputError("both parts need at least one value")
    count = len(values)
    shifts = np.arange(1, count) if count <= draws else np.random.default_rng(seed).integers(1, count, draws)
    shifted = np.array([difference(np.roll(inside, shift)) for shift in shifts.tolist()])
    shifted = shifted[~np.isnan(shifted)]
    return float((1 + (shifted >= observed - 1e-12).sum()) / (1 + len(shifted)))
