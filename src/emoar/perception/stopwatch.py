"""Measures the stages of one frame; the time of a nested stage counts once, for the inner stage."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final, Literal

__all__ = ["STAGES", "Stage", "Stopwatch"]

Stage = Literal["detect", "mesh", "track", "pose", "classify", "smooth", "measure"]
STAGES: Final[tuple[Stage, ...]] = ("detect", "mesh", "track", "pose", "classify", "smooth")  # of every frame


class Stopwatch:
    """Measures the time of each stage; a pipeline and all its stages share one. `restart` begins a frame."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Sets all times to zero."""
        self._spent_s: dict[Stage, float] = dict.fromkeys(STAGES, 0.0)
        self._inner_s = 0.0  # of the stages that ended inside the one that runs
        self._started = time.perf_counter()

    @contextmanager
    def measure(self, stage: Stage) -> Generator[None]:
        """Adds the time of the `with` block to a stage, without the time of stages measured inside the block."""
        outer_s, self._inner_s = self._inner_s, 0.0
        started = time.perf_counter()
        try:
            yield
        finally:
            elapsed_s = time.perf_counter() - started
            self._spent_s[stage] = self._spent_s.get(stage, 0.0) + elapsed_s - self._inner_s
            self._inner_s = outer_s + elapsed_s

    @property
    def timings_ms(self) -> dict[str, float]:
        """Milliseconds by stage since the restart, and `total`, which includes the time between the stages."""
        stages = {stage: 1e3 * spent_s for stage, spent_s in self._spent_s.items()}
        return {**stages, "total": 1e3 * (time.perf_counter() - self._started)}
