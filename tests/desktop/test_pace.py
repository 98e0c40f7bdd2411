"""Pictures of a file are due at their times."""

from __future__ import annotations

from emoar.desktop.pace import LATE_S, Pace


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_pictures_are_due_at_their_times_from_the_first_on() -> None:
    clock = Clock()
    pace = Pace(clock)
    assert pace.left_s(5.0) == 0
    assert pace.left_s(5.5) == 0.5
    clock.now += 0.4
    assert abs(pace.left_s(5.5) - 0.1) < 1e-9
    clock.now += 0.2
    assert pace.left_s(5.5) < 0


def test_a_pause_makes_everything_later() -> None:
    pace = Pace(Clock())
    pace.left_s(0.0)
    pace.shift(3.0)
    assert pace.left_s(1.0) == 4.0


def test_a_machine_that_lags_does_not_hurry_afterwards() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.left_s(0.0)
    clock.now += 1.0 + 2 * LATE_S
    assert pace.left_s(1.0) == 0
    assert pace.left_s(1.5) == 0.5


def test_waiting_ends_when_it_is_due() -> None:
    pace = Pace()
    pace.wait(0.0)
    pace.wait(0.05)
    assert pace.left_s(0.05) <= 0
