"""One video job: what is asked for, its state, and its files."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from emoar.media.formats import SCENE_FORMATS

__all__ = ["RESULTS", "SCENES", "STATES", "Job", "JobRequest"]

SCENES: Final = tuple(f"scenes{row.suffixes[0]}" for row in SCENE_FORMATS)
RESULTS: Final = {"video": "annotated.mp4", **{name: name for name in SCENES}}
STATES: Final = ("queued", "running", "done", "failed")
_SOURCE: Final = "source"


@dataclass(frozen=True)
class JobRequest:
    """The options of a job."""

    overlays: tuple[str, ...]
    label_set: str | None
    max_faces: int
    landmarks: bool
    measures: bool = False
    valence: bool = False


@dataclass(eq=False)
class Job:
    """One video and the state of its annotation."""

    id: str  # 128 random bits: whoever knows it (and uses the same API key) may read the job
    folder: Path
    key_id: str | None  # of the API key that created it
    names: tuple[str, ...] = ("",)  # of the client whose limits it counts against, see `access.client_names`
    request: JobRequest | None = None  # once the video is complete
    state: str = "queued"
    progress: float = 0.0
    frames: int = 0
    faces: int = 0
    problem: str | None = None
    ended_s: float | None = None  # on the monotonic clock, which nobody sets
    task: asyncio.Task[None] | None = None
    results: dict[str, Path] = field(default_factory=dict[str, Path])

    @property
    def source(self) -> Path:
        """The path of the uploaded video, which is deleted when the job ends."""
        return self.folder / _SOURCE

    def update(self, message: dict[str, Any]) -> None:
        """Applies a progress message of the process; the progress (0..1) never decreases.

        The process decodes a stranger's file: what it sends is not trusted either.

        Raises:
            TypeError, ValueError: a value has another type.
        """
        self.frames = int(message.get("frames", self.frames))
        self.faces = int(message.get("faces", self.faces))
        self.progress = min(max(float(message.get("progress", self.progress)), self.progress), 1.0)
        problem = message.get("problem", self.problem)
        self.problem = None if problem is None else str(problem)[:500]
