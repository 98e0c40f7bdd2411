"""Which scenes are due at a rate."""

from __future__ import annotations

import math
from typing import Final

__all__ = ["SceneRate"]

_CLOCK_S: Final = 1e-6  # times are rounded


class SceneRate:
    """Chooses scenes by the times of their frames, so many a second; None: all, 0: none."""

    def __init__(self, rate: float | None) -> None:
        self._rate, self._due_s = rate, float("-inf")

    def is_due(self, time_s: float) -> bool:
        """Whether the scene of this time is one of them. A time before the last one begins a new source."""
        if self._rate is None:
            return True
        if self._rate == 0:
            return False
        step_s, due_s = 1 / self._rate, self._due_s
        if math.isinf(due_s) or time_s < due_s - step_s - _CLOCK_S:
            due_s = time_s
        if time_s < due_s - _CLOCK_S:
            return False
        self._due_s = (due_s if time_s < due_s + step_s else time_s) + step_s
        return True
