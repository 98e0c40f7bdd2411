"""Measures the speed of each stage and of the complete pipeline on this machine, on real faces."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import numpy as np

from emoar.bench.frames import FPS, LOOP_FRAMES, SIZE_PX, face_frames
from emoar.demo.clip import DEMO_SIZE_PX, demo_clip
from emoar.errors import InputError, ModelError
from emoar.models.expression import expression_model
from emoar.models.public import model_path
from emoar.models.shipped import DEFAULT_MODEL
from emoar.overlay import Painter
from emoar.perception.align import align
from emoar.perception.detect import FaceDetector
from emoar.perception.ensemble import ExpressionEnsemble
from emoar.perception.mesh import FaceMesh, region_of_landmarks
from emoar.perception.one_euro import OneEuro, OneEuroOptions
from emoar.perception.pose import PoseFitter
from emoar.perception.smooth import ExpressionSmoother
from emoar.pipeline import Pipeline, PipelineOptions
from emoar.types import Scene

__all__ = [
    "BenchOptions",
    "BenchReport",
    "Timing",
    "describe_machine",
    "package_versions",
    "run_bench",
    "timing",
]

FACES: Final = 4  # in the frames that, compared with one face, give the time of a further face
DRAWN_FRAMES: Final = 12  # of 2.8 MB each
PACKAGES: Final = ("emoar", "numpy", "opencv-python-headless", "ai-edge-litert", "skia-python", "av")


@dataclass(frozen=True)
class BenchOptions:
    """How much is measured, and with which models.

    Raises:
        InputError: a number is below 1.
    """

    rounds: int = 12  # each runs every stage, so that a slow phase of the machine affects all stages alike
    repeats: int = LOOP_FRAMES  # of a stage in a round: a second of live video
    threads: int = 1  # of each model
    model_folder: Path | None = None  # of the public models; None is the user's cache
    model: str | Path = DEFAULT_MODEL  # a shipped model's name, or the path of a .tflite

    def __post_init__(self) -> None:
        for name in ("rounds", "repeats", "threads"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} must be at least 1, got {getattr(self, name)}")


@dataclass(frozen=True)
class Timing:
    """The time of one stage, in milliseconds."""

    name: str
    median_ms: float
    mean_ms: float  # of the pipeline: includes the share of the searches for new faces
    p95_ms: float
    runs: int


@dataclass(frozen=True)
class BenchReport:
    """The results of one measurement."""

    machine: Mapping[str, str]
    versions: Mapping[str, str]
    threads: int
    timings: tuple[Timing, ...]
    further_face_ms: float  # additional time of the pipeline for each face after the first

    def as_dict(self) -> dict[str, Any]:
        """The fields as JSON values."""
        return asdict(self)


def run_bench(options: BenchOptions | None = None, progress: Callable[[int, int], None] | None = None) -> BenchReport:
    """Measures every stage. `progress` is called with the number of finished rounds and of all rounds.

    Raises:
        DependencyMissing: a package that contains a portrait is not installed.
        ModelError: a model is missing, damaged, or does not find the face in the benchmark's frames.
    """
    options = options or BenchOptions()
    samples: dict[str, list[float]] = {}
    with ExitStack() as stack:
        stages = _stages(stack, options)
        for stage in stages.values():
            stage.measure(3)  # the first runs allocate memory
        for done in range(options.rounds):
            for name, stage in stages.items():
                samples.setdefault(name, []).extend(stage.measure(options.repeats))
            if progress:
                progress(done + 1, options.rounds)
    timings = tuple(timing(name, values) for name, values in samples.items())
    # means, because searches run in some frames only, and a median would count all of their time or none of it
    means = {t.name: t.mean_ms for t in timings}
    return BenchReport(
        machine=describe_machine(),
        versions=package_versions(),
        threads=options.threads,
        timings=timings,
        further_face_ms=(means[_whole(FACES)] - means[_whole(1)]) / (FACES - 1),
    )


def timing(name: str, samples_ms: Sequence[float]) -> Timing:
    """Summarises the runs of one stage.

    Raises:
        InputError: there are no samples.
    """
    if not samples_ms:
        raise InputError(f"samples_ms of {name} must have at least one value, got none")
    p95 = float(np.percentile(np.asarray(samples_ms), 95))
    return Timing(name, statistics.median(samples_ms), statistics.fmean(samples_ms), p95, len(samples_ms))


def describe_machine() -> dict[str, str]:
    """Processor, usable cores, system and load of this machine, as text."""
    busy = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "processor": _processor(),
        "cores": str(usable),
        "system": f"{platform.system()} {platform.machine()}",
        "load": busy,  # processes that ran or waited in the last minute; above `cores`, the times are too long
    }


def package_versions(packages: Sequence[str] = PACKAGES) -> dict[str, str]:
    """The versions of Python and of those packages that are installed."""
    found = {"python": platform.python_version()}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


class _Stage:
    """A function that is run repeatedly; its argument is the number of its runs so far."""

    def __init__(self, run: Callable[[int], object]) -> None:
        self._run, self._count = run, 0

    def measure(self, repeats: int) -> list[float]:
        """The milliseconds of each run."""
        times_ms: list[float] = []
        for _ in range(repeats):
            started = time.perf_counter()
            self._run(self._count)
            times_ms.append(1e3 * (time.perf_counter() - started))
            self._count += 1
        return times_ms


def _stages(stack: ExitStack, options: BenchOptions) -> dict[str, _Stage]:
    """All stages by name. The stack frees their models."""
    settings = PipelineOptions(
        threads=options.threads,
        model_folder=options.model_folder,
        max_faces=FACES + 1,
        model=options.model,
    )

    def whole(faces: int) -> Callable[[int], Scene]:
        pipeline, frames = stack.enter_context(Pipeline(settings)), face_frames(faces, LOOP_FRAMES)
        return lambda i: pipeline(replace(frames[i % LOOP_FRAMES], time_s=i / FPS, index=i))

    one, several = whole(1), whole(FACES)
    scene = [one(i) for i in range(LOOP_FRAMES)][-1]
    if len(scene.faces) != 1:
        raise ModelError(f"the portrait shows one face, {len(scene.faces)} were found: run emoar models verify")
    runs = {**_single_stages(stack, settings, scene), _whole(1): one, _whole(FACES): several, **_drawing(settings)}
    return {name: _Stage(run) for name, run in runs.items()}


def _single_stages(stack: ExitStack, settings: PipelineOptions, scene: Scene) -> dict[str, Callable[[int], object]]:
    """Each stage by itself, on one frame and its face."""

    def path(name: str) -> Path:
        return model_path(name, settings.model_folder)

    ranges = path("face_detection_short_range"), path("face_detection_full_range_sparse")
    detector = FaceDetector(*ranges, threads=settings.threads)
    mesh = FaceMesh(path("face_landmark"), settings.threads)
    ensemble = ExpressionEnsemble(expression_model(settings.model), settings.threads)
    for model in (detector, mesh, ensemble):
        stack.callback(model.close)
    image, face, (width, height) = scene.frame.image, scene.faces[0], SIZE_PX
    empty, landmarks = np.full_like(image, 127), face.landmarks_px
    region, crop = region_of_landmarks(landmarks), align(image, landmarks)
    fitter, smoother, one_euro = PoseFitter(), ExpressionSmoother(None, ensemble.label_sets), OneEuro(OneEuroOptions())
    (probabilities,) = ensemble.classify(image, [landmarks], [crop])
    smoothed = smoother.smooth(None, 0.0, probabilities)
    return {
        "detect, full range": lambda i: detector.detect(image),
        "detect, full and short range (no face)": lambda i: detector.detect(empty),
        "mesh": lambda i: mesh.fit(image, region),
        "smooth the landmarks": lambda i: one_euro.filter(landmarks, i / FPS, unit=face.quality.eye_distance_px),
        "pose": lambda i: fitter.fit(landmarks, width, height, face.pose),
        "align": lambda i: align(image, landmarks),
        "classify": lambda i: ensemble.classify(image, [landmarks], [crop]),
        "smooth the expression": lambda i: smoother.smooth(smoothed, i / FPS, probabilities),
    }


def _drawing(settings: PipelineOptions) -> dict[str, Callable[[int], object]]:
    """Label and quote over the two moving people of the demo clip."""
    with Pipeline(settings) as pipeline:
        scenes = [pipeline(frame) for frame in demo_clip(range(LOOP_FRAMES))][-DRAWN_FRAMES:]
    painter, faces, (width, height) = Painter(("label", "quote")), len(scenes[-1].faces), DEMO_SIZE_PX
    return {f"draw label and quote, {faces} faces, {width}x{height}": lambda i: painter.draw(scenes[i % DRAWN_FRAMES])}


def _whole(faces: int) -> str:
    return f"whole pipeline, {faces} face{'s' if faces > 1 else ''}, {SIZE_PX[0]}x{SIZE_PX[1]}"


def _processor() -> str:
    """The processor's name; /proc/cpuinfo is more precise than `platform`."""
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
