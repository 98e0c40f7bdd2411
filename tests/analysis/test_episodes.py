"""Episodes and statistics of series whose answers are known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from emoar.analysis.episodes import Episode, describe_label, episodes
from emoar.analysis.series import FaceSeries
from emoar.errors import InputError

from .test_series import series


def ramp() -> FaceSeries:
    """Ten seconds at 10 a second: happiness 0.1, from 4.0 to 6.0 s 0.8, with a peak of 0.9 at 5.0 s."""
    times = [i / 10 for i in range(100)]
    values = [0.8 if 4 <= t < 6 else 0.1 for t in times]
    values[50] = 0.9
    return series(times, values)


def test_episodes_follow_the_label() -> None:
    found = episodes(ramp())
    assert [(e.label, e.peak) for e in found] == [("neutral", 0.9), ("happiness", 0.9), ("neutral", 0.9)]
    assert [(e.start_s, e.end_s) for e in found] == [
        (0, pytest.approx(4)),
        (4, pytest.approx(6)),
        (6, pytest.approx(10)),
    ]
    assert found[1].length_s == pytest.approx(2)


def test_a_face_that_was_away_or_unusable_ends_its_episode() -> None:
    away = episodes(series([0, 0.1, 3.0, 3.1], [0.9] * 4))
    assert [(e.start_s, round(e.end_s, 6)) for e in away] == [(0, 0.6), (3.0, 3.2)]
    unusable = episodes(series([0, 0.1, 0.2, 0.3], [0.9, np.nan, 0.9, 0.9]))
    assert [e.start_s for e in unusable] == [0, 0.2]
    assert episodes(series([], [])) == []
    assert episodes(series([1.0], [0.9])) == [Episode("happiness", 1.0, 1.0, 0.9)]


def test_the_statistics_of_a_segment() -> None:
    data = ramp()
    found = describe_label(data, "happiness", 2, 8, baseline=data.between(0, 2).baseline())
    assert found.usable_s == pytest.approx(6)
    assert found.share == pytest.approx(2 / 6)
    assert (found.episodes, found.mean_episode_s) == (1, pytest.approx(2))
    assert found.onset_latency_s == pytest.approx(2)
    assert (found.peak, found.peak_latency_s) == (0.9, pytest.approx(3))
    assert found.area == pytest.approx(19 * 0.1 * 0.7 + 0.1 * 0.8)
    assert found.mean == pytest.approx((40 * 0.1 + 19 * 0.8 + 0.9) / 60)
    assert found.deviation == pytest.approx(np.std([0.1] * 40 + [0.8] * 19 + [0.9]))


def test_observations_count_by_their_time_and_not_by_their_number() -> None:
    slow = [0.0, 0.4, 0.8, 1.2, 1.6]  # two seconds at few frames a second, then two at many
    fast = [2 + i / 50 for i in range(100)]
    found = describe_label(series(slow + fast, [0.9] * 5 + [0.1] * 100), "happiness", 0, 4)
    assert found.share == pytest.approx(0.5)
    assert found.mean == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("values", "hold_s", "expected"),
    [
        ([0.1, 0.9, 0.1, 0.9, 0.9, 0.9], 0.2, 0.3),  # the first is too short
        ([0.9] * 6, 0.2, 0.0),
        ([0.1] * 6, 0.2, math.nan),
        ([0.1, 0.1, 0.9, 0.1, 0.1, 0.1], 0.0, 0.2),
        ([0.1, 0.9, np.nan, 0.9, 0.1, 0.1], 0.2, 0.1),  # an unusable observation is no evidence against it
    ],
)
def test_the_onset_must_be_held(values: list[float], hold_s: float, expected: float) -> None:
    data = series([i / 10 for i in range(6)], values)
    found = describe_label(data, "happiness", 0, 1, hold_s=hold_s).onset_latency_s
    assert found == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize("values", [[], [np.nan, np.nan]])
def test_a_segment_without_observations_has_no_values(values: list[float]) -> None:
    found = describe_label(series([5.0, 5.1][: len(values)], values), "happiness", 0, 10)
    assert (found.usable_s, found.episodes) == (0, 0)
    assert math.isnan(found.share)
    assert math.isnan(found.peak)


def test_an_unknown_label() -> None:
    with pytest.raises(InputError, match="label must be one of"):
        describe_label(ramp(), "joy", 0, 1)
