"""Which scenes are due at a rate."""

from __future__ import annotations

from emoar.events.rate import SceneRate


def test_a_rate_is_kept_on_average_when_frames_come_late() -> None:
    rate = SceneRate(10.0)
    times = [i / 30 + (0.01 if i % 3 else 0.0) for i in range(300)]
    assert sum(rate.is_due(time_s) for time_s in times) == 100


def test_after_a_gap_no_scenes_come_in_a_burst() -> None:
    rate = SceneRate(10.0)
    assert [rate.is_due(time_s) for time_s in (0.0, 5.0, 5.01, 5.1)] == [True, True, False, True]
