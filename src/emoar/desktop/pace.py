"""Shows a file's pictures at the times that they have in the file."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

__all__ = ["Pace"]

LATE_S: Final = 0.5  # a machine that lags by more than this does not hurry afterwards


class Pace:
    """Tells when pictures are due. The first one is due at once.

    Args:
        clock: seconds on any clock.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._zero: float | None = None  # the clock at time 0 of the file

    def left_s(self, time_s: float) -> float:
        """Seconds until the picture at `time_s` of the file is due; 0 or less: it is due."""
        now = self._clock()
        if self._zero is None or now - self._zero - time_s > LATE_S:
            self._zero = now - time_s
        return self._zero + time_s - now

    def wait(self, time_s: float) -> None:
        """Waits until the picture at `time_s` of the file is due."""
        while (left_s := self.left_s(time_s)) > 0:
            time.sleep(left_s)

    def shift(self, seconds: float) -> None:
        """Makes everything due later, as after a pause."""
        if self._zero is not None:
            self._zero += seconds
