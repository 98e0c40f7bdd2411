"""Summaries of hand-made series whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.analysis.segments import Segment
from emoar.analysis.summary import baseline_of, persons_of, summarise_segment
from emoar.errors import InputError

from .test_series import series


def test_a_segment_of_one_person() -> None:
    """Ten seconds at 10 a second: 0.1 up to 4 s, 0.8 up to 6 s, not usable up to 8 s, 0.1 to the end."""
    times = [i / 10 for i in range(100)]
    values = [0.8 if 4 <= t < 6 else np.nan if 6 <= t < 8 else 0.1 for t in times]
    data = series(times, values)
    rest = baseline_of(data, 0, 2)
    assert rest is not None
    np.testing.assert_allclose(rest, [0.9, 0.1])
    found = summarise_segment(data, Segment("film", 3, 8), baseline=rest)
    assert found.person == "face 1"
    assert found.usable_s == pytest.approx(3)
    assert found.usable_share == pytest.approx(0.6)
    assert found.shares == pytest.approx({"neutral": 1 / 3, "happiness": 2 / 3, "unsure": 0})
    happy = found.of("happiness")
    assert happy.mean is not None
    assert happy.change is not None
    assert happy.mean.value == pytest.approx((0.1 + 2 * 0.8) / 3)
    assert happy.change.value == pytest.approx((0.1 + 2 * 0.8) / 3 - 0.1)
    assert happy.change.low == pytest.approx(happy.mean.low - 0.1)
    assert happy.mean.low < happy.mean.value < happy.mean.high
    assert happy.effective < 10, "30 frames are few independent values"
    assert (happy.statistics.episodes, happy.statistics.onset_latency_s) == (1, pytest.approx(1.0))
    assert happy.raw_mean is None
    with pytest.raises(InputError, match="label must be one of neutral, happiness, got 'joy'"):
        found.of("joy")


def test_raw_beside_smoothed() -> None:
    times = [0.0, 0.1, 0.2, 0.3]
    raw = series(times, [0.2, np.nan, 0.6, np.nan])  # classified in every second frame
    found = summarise_segment(series(times, [0.5] * 4), Segment("a", 0, 1), raw=raw)
    assert found.of("happiness").raw_mean == pytest.approx(0.4)
    nothing = summarise_segment(series(times, [0.5] * 4), Segment("a", 0, 1), raw=series([], []))
    assert nothing.of("happiness").raw_mean is None


def test_a_person_who_is_not_there() -> None:
    data = series([0, 0.1, 0.2], [np.nan, 0.3, 0.3])
    found = summarise_segment(data, Segment("late", 5, 6), baseline=np.array([0.5, 0.5]))
    assert (found.usable_s, found.usable_share, found.shares) == (0, 0, {})
    assert found.of("happiness").mean is None
    assert found.of("happiness").change is None
    assert found.of("happiness").effective == 0
    assert baseline_of(data, 5, 6) is None
    assert baseline_of(data, 0, 0.05) is None, "seen, but not usable"


def test_short_visits_are_told_apart() -> None:
    long, short = series([i / 10 for i in range(30)], [0.5] * 30), series([0, 0.1], [0.5, 0.5])
    assert persons_of([long], 2) == ([long], [])
    assert persons_of([short], 2) == ([], [short])


def test_a_long_segment_is_no_slower_and_has_the_same_answers() -> None:
    times = [i / 10 for i in range(36_000)]
    values = [0.6 if (i // 300) % 2 else 0.2 for i in range(36_000)]  # half a minute each
    found = summarise_segment(series(times, values), Segment("hour", 0, 3600), baseline=np.array([0.8, 0.2]))
    happy = found.of("happiness")
    assert happy.mean is not None
    assert happy.mean.value == pytest.approx(0.4, abs=1e-3)
    assert happy.mean.low < 0.4 < happy.mean.high
    assert happy.effective < 3000
    assert happy.statistics.mean == pytest.approx(0.4)
