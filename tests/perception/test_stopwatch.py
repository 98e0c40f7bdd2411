from __future__ import annotations

import pytest

from emoar.perception import stopwatch
from emoar.perception.stopwatch import STAGES, Stopwatch


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time in seconds, which only the test moves on."""
    now = [10.0]
    monkeypatch.setattr(stopwatch.time, "perf_counter", lambda: now[0])
    return now


def test_a_stage_inside_another_counts_once(clock: list[float]) -> None:
    watch = Stopwatch()
    with watch.measure("track"):
        clock[0] += 1
        with watch.measure("detect"):
            clock[0] += 2
            with watch.measure("mesh"):
                clock[0] += 4
        with watch.measure("mesh"):
            clock[0] += 8
    clock[0] += 16
    with watch.measure("pose"):
        clock[0] += 32
    assert watch.timings_ms == {
        "detect": 2e3, "mesh": 12e3, "track": 1e3, "pose": 32e3, "classify": 0, "smooth": 0, "total": 63e3,
    }  # fmt: skip


def test_restart_begins_a_frame(clock: list[float]) -> None:
    watch = Stopwatch()
    with watch.measure("track"):
        clock[0] += 1
    watch.restart()
    assert watch.timings_ms == {**dict.fromkeys(STAGES, 0.0), "total": 0.0}


def test_a_stage_that_fails_is_measured_too(clock: list[float]) -> None:
    watch = Stopwatch()
    with pytest.raises(ValueError, match="broken"), watch.measure("mesh"):
        clock[0] += 1
        raise ValueError("broken")
    assert watch.timings_ms["mesh"] == 1e3
