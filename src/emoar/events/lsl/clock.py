"""The time stamps of LSL for the times of a source."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

__all__ = ["CaptureClock"]

MOST_SOURCES: Final = 256  # of which the time is remembered: a server's sockets come and go


@dataclass(frozen=True)
class _Source:
    begins_s: float  # LSL time of source time 0
    time_s: float  # the latest source time


class CaptureClock:
    """Turns capture times into LSL time.

    A live source knows when it captured its frames. For a file, LSL time runs like the time of the file, from the
    moment at which it is first asked for.

    Args:
        local_clock: of LSL, in seconds.
    """

    def __init__(self, local_clock: Callable[[], float]) -> None:
        self._local_clock = local_clock
        self._ahead_s = local_clock() - time.monotonic()
        self._sources: dict[str, _Source] = {}

    def stamp(self, source: str, time_s: float, captured_at_s: float | None = None) -> float:
        """LSL time of a time of a source.

        Args:
            source: its name.
            time_s: in seconds from its start; a time before the latest one begins a new source.
            captured_at_s: when a live source captured it, on the clock of time.monotonic().
        """
        known = self._sources.get(source)
        if captured_at_s is not None:
            begins_s = captured_at_s + self._ahead_s - time_s
        elif known is None or time_s < known.time_s:
            begins_s = self._local_clock() - time_s
        else:
            begins_s = known.begins_s
        self._sources.pop(source, None)
        self._sources[source] = _Source(begins_s, time_s)
        if len(self._sources) > MOST_SOURCES:
            del self._sources[next(iter(self._sources))]  # the one that was used longest ago
        return begins_s + time_s

    def age_s(self, stamp: float) -> float:
        """Seconds since a time stamp."""
        return self._local_clock() - stamp
