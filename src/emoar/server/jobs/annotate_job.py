"""Annotates the video of a job, in the job's own process."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from emoar.annotate import Outcome, annotate
from emoar.errors import DependencyMissing, MediaError
from emoar.media.base import Sink, Source
from emoar.media.sinks import open_scene_sink
from emoar.media.video import open_video
from emoar.media.video_sink import VideoOptions, VideoSink
from emoar.overlay import Painter
from emoar.pipeline import Pipeline, PipelineOptions
from emoar.types import Scene

__all__ = ["annotate_job"]

_REPORT_EVERY_S: Final = 0.25
Send = Callable[..., None]


def annotate_job(task: dict[str, Any], send: Send) -> Outcome:
    """Writes the results of a task, which `run_job` describes; `send` gets the progress.

    Raises:
        EmoarError: that of the source, the pipeline or a sink.
    """
    options = PipelineOptions(
        max_faces=task["max_faces"],
        label_set=task["label_set"],
        model=task["model"],
        personal=Path(task["personal"]) if task["personal"] else None,
        model_folder=Path(task["model_folder"]),
        measures=task["measures"],
        valence=task["valence"],
    )
    with open_video(task["source"]) as source, Pipeline(options) as pipeline:
        painter = Painter(task["overlays"])
        progress = _Progress(send, source.duration_s, task["max_pixels"])
        sinks = _sinks(task, source, pipeline)
        return annotate(source, pipeline, sinks, draw=painter.draw, on_scene=progress.add)


def _sinks(task: dict[str, Any], source: Source, pipeline: Pipeline) -> list[Sink]:
    rate = min(source.frame_rate or 30.0, 1000.0)
    sinks: list[Sink] = [VideoSink(task["video"], VideoOptions(rate), audio_from=source)]
    asked = {name: task[name] for name in ("landmarks", "measures", "valence")}
    for path in task["scenes"]:
        with contextlib.suppress(DependencyMissing):  # Parquet needs an extra
            sinks.append(open_scene_sink(path, label_sets=pipeline.label_sets, **asked))
    return sinks


class _Progress:
    def __init__(self, send: Send, duration_s: float | None, max_pixels: int) -> None:
        self._send, self._duration_s, self._max_pixels = send, duration_s, max_pixels
        self._faces: set[int] = set()
        self._frames = 0
        self._sent_s = float("-inf")

    def add(self, scene: Scene) -> None:
        """Counts a frame; sends the counts a few times a second.

        Raises:
            MediaError: the frame has more pixels than the server allows.
        """
        frame = scene.frame
        if frame.width_px * frame.height_px > self._max_pixels:
            size = f"{frame.width_px} x {frame.height_px}"
            raise MediaError(f"the video has {size} pixels, at most {self._max_pixels} are allowed: scale it down")
        self._frames += 1
        self._faces.update(face.track_id for face in scene.faces)
        now = time.monotonic()
        if now - self._sent_s >= _REPORT_EVERY_S:
            self._sent_s = now
            progress = min(frame.time_s / self._duration_s, 0.99) if self._duration_s else 0.0
            self._send(progress=round(progress, 3), frames=self._frames, faces=len(self._faces))
