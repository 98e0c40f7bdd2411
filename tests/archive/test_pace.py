"""Videos per hour and the remaining time."""

from __future__ import annotations

import pytest

from emoar.archive.pace import PaceMeter


def test_pace_follows_bytes_and_counts_videos() -> None:
    meter = PaceMeter({"large": 300, "small": 100, "broken": 0}, started_s=1000.0)
    assert meter.state(1005.0).remaining_s is None
    assert meter.state(1000.0).videos_per_hour == 0.0
    meter.add("large", failed=False)
    pace = meter.state(1060.0)
    assert (pace.done, pace.failed, pace.total, pace.elapsed_s) == (1, 0, 3, 60.0)
    assert pace.videos_per_hour == pytest.approx(60.0)
    assert pace.remaining_s == pytest.approx(20.0)  # 100 bytes at 300 a minute
    meter.add("broken", failed=True)
    assert meter.state(1060.0).failed == 1
    meter.add("small", failed=False)
    assert meter.state(1080.0).remaining_s == 0.0


def test_only_empty_videos() -> None:
    meter = PaceMeter({"a": 0}, started_s=0.0)
    meter.add("a", failed=True)
    assert meter.state(1.0).remaining_s == 0.0


def test_nothing_to_do() -> None:
    pace = PaceMeter({}, started_s=0.0).state(2.0)
    assert (pace.videos_per_hour, pace.remaining_s) == (0.0, 0.0)
