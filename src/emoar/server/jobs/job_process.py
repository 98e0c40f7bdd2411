"""The process of one video job: an order as JSON on its standard input, progress as lines of JSON on its output."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any, Final, TextIO

from emoar.annotate import Outcome, annotate
from emoar.errors import DependencyMissing, EmoarError, MediaError
from emoar.media.base import Sink
from emoar.media.sinks import open_scene_sink
from emoar.media.video import VideoSource
from emoar.media.video_sink import VideoOptions, VideoSink
from emoar.overlay import Painter
from emoar.pipeline import Pipeline, PipelineOptions
from emoar.types import Scene

__all__ = ["main"]

_NICENESS: Final = 15
_MEMORY_BYTES: Final = 4 << 30
_SAY_EVERY_S: Final = 0.25


def main() -> None:
    """Does the job and says how it went."""
    order = json.loads(sys.stdin.read())
    out = os.fdopen(os.dup(1), "w", buffering=1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    _limit_itself()
    try:
        outcome = _annotate(order, out)
    except EmoarError as exc:
        problem = str(exc).replace(order["source"], "the video").partition("; nothing was kept")[0]
        _say(out, state="failed", problem=problem)
        return
    problem = f"the video {outcome.problem}" if outcome.problem else None
    faces = len(outcome.track_ids)
    _say(out, state="done", progress=1.0, frames=outcome.frame_count, faces=faces, problem=problem)


def _annotate(order: dict[str, Any], out: TextIO) -> Outcome:
    options = PipelineOptions(
        max_faces=order["max_faces"],
        label_set=order["labels"],
        model=order["model"],
        model_folder=Path(order["model_folder"]) if order["model_folder"] else None,
    )
    with VideoSource(order["source"]) as source, Pipeline(options) as pipeline:
        painter = Painter(order["overlays"])
        progress = _Progress(out, source.duration_s, order["max_pixels"])
        sinks = _sinks(order, source, pipeline)
        return annotate(source, pipeline, sinks, draw=painter.draw, on_scene=progress.add)


def _sinks(order: dict[str, Any], source: VideoSource, pipeline: Pipeline) -> list[Sink]:
    rate = min(source.frame_rate or 30.0, 1000.0)
    audio = source.path if source.has_audio else None
    sinks: list[Sink] = [VideoSink(order["video"], VideoOptions(rate), audio_from=audio)]
    for path in order["scenes"]:
        with contextlib.suppress(DependencyMissing):  # Parquet is an extra
            sinks.append(open_scene_sink(path, landmarks=order["landmarks"], label_sets=pipeline.label_sets))
    return sinks


class _Progress:
    def __init__(self, out: TextIO, duration_s: float | None, max_pixels: int) -> None:
        self._out, self._duration_s, self._max_pixels = out, duration_s, max_pixels
        self._faces: set[int] = set()
        self._frames = 0
        self._said_s = float("-inf")

    def add(self, scene: Scene) -> None:
        """Counts a frame; says so a few times a second."""
        frame = scene.frame
        if frame.width_px * frame.height_px > self._max_pixels:
            size = f"{frame.width_px} x {frame.height_px}"
            raise MediaError(f"the video has {size} pixels, at most {self._max_pixels} are taken: scale it down")
        self._frames += 1
        self._faces.update(face.track_id for face in scene.faces)
        now = time.monotonic()
        if now - self._said_s >= _SAY_EVERY_S:
            self._said_s = now
            progress = min(frame.time_s / self._duration_s, 0.99) if self._duration_s else 0.0
            _say(self._out, progress=round(progress, 3), frames=self._frames, faces=len(self._faces))


def _say(out: TextIO, **fields: Any) -> None:
    print(json.dumps(fields), file=out, flush=True)


def _limit_itself() -> None:
    with contextlib.suppress(ImportError, OSError, ValueError, AttributeError):  # Windows has none of these
        os.nice(_NICENESS)
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY_BYTES, _MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
