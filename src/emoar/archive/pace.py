"""How fast a run is: videos per hour, and the time that remains."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Pace", "PaceMeter"]


@dataclass(frozen=True)
class Pace:
    """The state of a run."""

    done: int  # videos of this run, the failed ones included
    failed: int
    total: int
    elapsed_s: float
    remaining_s: float | None  # None: not known yet

    @property
    def videos_per_hour(self) -> float:
        """Mean of this run; 0 before the first video."""
        return 3600 * self.done / self.elapsed_s if self.elapsed_s > 0 else 0.0


@dataclass
class PaceMeter:
    """Counts finished videos. The remaining time follows from bytes, since videos differ in length."""

    sizes: dict[str, int]  # bytes by source
    started_s: float  # of the clock that `state` is given
    done: int = 0
    failed: int = 0
    _bytes: int = field(default=0, repr=False)

    def add(self, source: str, *, failed: bool) -> None:
        """Notes that a video is finished."""
        self.done += 1
        self.failed += failed
        self._bytes += self.sizes[source]

    def state(self, now_s: float) -> Pace:
        """The state at a time of the clock."""
        elapsed_s, total = now_s - self.started_s, sum(self.sizes.values())
        remaining_s = elapsed_s * (total - self._bytes) / self._bytes if self._bytes else None
        if self.done == len(self.sizes):
            remaining_s = 0.0
        return Pace(self.done, self.failed, len(self.sizes), elapsed_s, remaining_s)
