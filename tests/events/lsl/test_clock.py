"""Time stamps of LSL."""

from __future__ import annotations

import time

import pytest

from emoar.events.lsl.clock import MOST_SOURCES, CaptureClock


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now_s = time.monotonic() + 1000.0  # LSL's clock may begin elsewhere

    def __call__(self) -> float:
        return self.now_s


def test_a_live_source_is_stamped_at_capture() -> None:
    local = Clock()
    clock = CaptureClock(local)
    captured_s = time.monotonic() - 5.0
    stamp = clock.stamp("camera 0", 12.0, captured_s)
    assert stamp == pytest.approx(captured_s + 1000, abs=0.5)
    local.now_s += 60
    assert clock.stamp("camera 0", 12.25) == pytest.approx(stamp + 0.25), "an event without a scene"
    assert clock.age_s(stamp) == pytest.approx(local.now_s - stamp)


def test_the_time_of_a_file_runs_on_from_its_first_frame() -> None:
    local = Clock()
    clock = CaptureClock(local)
    first = clock.stamp("a.mp4", 2.0)
    assert first == local.now_s
    local.now_s += 0.001  # faster than the file
    assert clock.stamp("a.mp4", 3.0) == first + 1
    assert clock.stamp("b.mp4", 0.0) == local.now_s, "another source"
    local.now_s += 60
    assert clock.stamp("a.mp4", 0.0) == local.now_s, "the same file again"


def test_sources_that_come_and_go_are_forgotten() -> None:
    local = Clock()
    clock = CaptureClock(local)
    first = clock.stamp("kept", 0.0)
    for number in range(MOST_SOURCES + 10):
        clock.stamp(f"socket {number}", 0.0)
        assert clock.stamp("kept", number / 30) == pytest.approx(first + number / 30)
        local.now_s += 1 / 30
    local.now_s += 60
    assert clock.stamp("socket 0", 1.0) == local.now_s
