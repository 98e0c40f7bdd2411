"""Repeats something until another thing holds: what a sink notices, it notices with the next scene."""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["repeat_until"]

WAIT_S = 30.0


def repeat_until(holds: Callable[[], bool], step: Callable[[int], object]) -> int:
    """Calls `step` with 1, 2, … until something holds; returns the next number."""
    index, ends_s = 1, time.monotonic() + WAIT_S
    while not holds():
        assert time.monotonic() < ends_s, "it never came"
        step(index)
        time.sleep(0.005)
        index += 1
    return index
