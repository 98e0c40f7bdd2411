"""Runs the pipeline over the demo clip with two real faces, draws and writes the results, and summarises them."""

from __future__ import annotations

import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.demo.clip import DEMO_FPS, DEMO_FRAMES, demo_clip
from emoar.labels import UNSURE
from emoar.media.json_sinks import JsonlSink
from emoar.media.sinks import write_image
from emoar.media.video_sink import VideoOptions, VideoSink
from emoar.overlay import DEFAULT_OVERLAYS, Painter
from emoar.overlay.names import uses_measures
from emoar.pipeline import Pipeline, PipelineOptions
from emoar.types import Face, Scene

__all__ = ["DemoResult", "FaceSummary", "Sighting", "run_demo", "sighting_of", "summarise"]

DEMO_OVERLAYS: Final = (*DEFAULT_OVERLAYS, "sticker")


@dataclass(frozen=True)
class Sighting:
    """One face in one frame; small, so that all of a run can be kept."""

    track_id: int
    label: str
    yaw_pitch_roll_deg: tuple[float, float, float]


@dataclass(frozen=True)
class FaceSummary:
    """One face over all frames of a run."""

    track_id: int
    frames: int
    shares: Mapping[str, float]  # of its frames, by label, largest first; they sum to 1
    yaw_pitch_roll_deg: tuple[float, float, float]  # medians


@dataclass(frozen=True)
class DemoResult:
    """The results of a demo run: faces, speed and files."""

    faces: tuple[FaceSummary, ...]  # by ascending track id
    frames: int
    stage_ms: Mapping[str, float]  # mean by frame: the pipeline's stages, their `total`, then the steps outside it
    pipeline_fps: float  # the pipeline alone
    whole_fps: float  # with the clip's rendering, drawing and encoding
    files: tuple[Path, ...]


def run_demo(
    folder: Path,
    options: PipelineOptions | None = None,
    overlays: Sequence[str] = DEMO_OVERLAYS,
    progress: Callable[[int, int], None] | None = None,
) -> DemoResult:
    """Writes `annotated.mp4`, `snapshot.png` and `scenes.jsonl` into a folder.

    `progress` is called with the number of finished frames and the number of all frames.

    Raises:
        DependencyMissing: a package that contains a portrait is not installed.
        ModelMissing: a public model is not on this machine.
        OutputError: the folder cannot be written; an incomplete video is kept if it can be finished.
    """
    files = folder / "annotated.mp4", folder / "snapshot.png", folder / "scenes.jsonl"
    sightings: list[Sighting] = []
    times_ms: dict[str, list[float]] = defaultdict(list)
    best: tuple[tuple[int, float], NDArray[np.uint8] | None] = ((-1, 0.0), None)
    clip = demo_clip()
    options = options or PipelineOptions(measures=uses_measures(overlays))
    with ExitStack() as stack:
        pipeline = stack.enter_context(Pipeline(options))
        video = stack.enter_context(VideoSink(files[0], VideoOptions(frame_rate=DEMO_FPS)))
        scenes = stack.enter_context(JsonlSink(files[2]))
        painter = Painter(overlays)
        started = marked = time.perf_counter()
        for frame in clip:
            made = time.perf_counter()
            scene = pipeline(frame)
            seen = time.perf_counter()
            picture = painter.draw(scene)
            drawn = time.perf_counter()
            video.write(scene, picture)
            scenes.write(scene)
            sightings += [sighting_of(face) for face in scene.faces]
            if (rank := _snapshot_rank(scene)) > best[0]:
                best = rank, picture
            steps = {"draw": drawn - seen, "write": time.perf_counter() - drawn, "make the clip": made - marked}
            for name, value in {**scene.timings_ms, **{name: 1e3 * s for name, s in steps.items()}}.items():
                times_ms[name].append(value)
            if progress:
                progress(frame.index + 1, DEMO_FRAMES)
            marked = time.perf_counter()
    if best[1] is not None:
        write_image(files[1], best[1])
    return DemoResult(
        faces=summarise(sightings),
        frames=DEMO_FRAMES,
        stage_ms={name: statistics.fmean(values) for name, values in times_ms.items()},
        pipeline_fps=1e3 * DEMO_FRAMES / sum(times_ms["total"]),
        whole_fps=DEMO_FRAMES / (time.perf_counter() - started),
        files=files,
    )


def sighting_of(face: Face) -> Sighting:
    """The values of a face that the summary uses."""
    return Sighting(face.track_id, face.expression.label, face.yaw_pitch_roll_deg)


def summarise(sightings: Iterable[Sighting]) -> tuple[FaceSummary, ...]:
    """The summary of each face, by ascending track id."""
    by_face: dict[int, list[Sighting]] = defaultdict(list)
    for sighting in sightings:
        by_face[sighting.track_id].append(sighting)
    return tuple(_summary(track_id, by_face[track_id]) for track_id in sorted(by_face))


def _summary(track_id: int, sightings: Sequence[Sighting]) -> FaceSummary:
    counts = Counter(sighting.label for sighting in sightings)
    yaws, pitches, rolls = zip(*(sighting.yaw_pitch_roll_deg for sighting in sightings), strict=True)
    return FaceSummary(
        track_id=track_id,
        frames=len(sightings),
        shares={label: count / len(sightings) for label, count in counts.most_common()},
        yaw_pitch_roll_deg=(statistics.median(yaws), statistics.median(pitches), statistics.median(rolls)),
    )


def _snapshot_rank(scene: Scene) -> tuple[int, float]:
    """Rank of a frame as the snapshot: number of complete, labelled heads, then width of the narrowest face in px."""
    boxes = np.array([face.box_xyxy_px for face in scene.faces if face.expression.label != UNSURE]).reshape(-1, 4)
    widths_px = boxes[:, 2] - boxes[:, 0]
    margins_px = np.minimum(boxes[:, 0], scene.frame.width_px - boxes[:, 2])
    complete = margins_px > 0.5 * widths_px
    return int(complete.sum()), float(widths_px[complete].min(initial=scene.frame.width_px))
