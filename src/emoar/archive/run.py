"""`run_archive`: lists the videos, runs those without a finished part, and writes manifest and summary."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Literal

from emoar.archive.listing import Video
from emoar.archive.local_engine import Lost, run_locally
from emoar.archive.manifest import write_manifest
from emoar.archive.options import ArchiveOptions, Identity
from emoar.archive.pace import Pace, PaceMeter
from emoar.archive.part import FAILED, PartInfo, write_failed_part
from emoar.archive.plan import Plan, check_identity, make_plan
from emoar.archive.results import ResultsFolder
from emoar.archive.summary import write_summary
from emoar.archive.task import VideoTask, blank_info
from emoar.errors import DependencyMissing, InputError, OutputError
from emoar.pipeline import Pipeline

__all__ = ["EngineOptions", "Outcome", "run_archive"]


@dataclass(frozen=True)
class EngineOptions:
    """Where the work is done; it changes no result.

    Raises:
        InputError: a value is out of range, or an address is given to an engine without a cluster.
    """

    name: Literal["local", "ray"] = "local"
    workers: int | None = None  # None: one for each core of this machine, or of the cluster
    address: str | None = None  # of a cluster of Ray

    def __post_init__(self) -> None:
        if self.workers is not None and self.workers < 1:
            raise InputError(f"workers must be at least 1, got {self.workers}")
        if self.address is not None and self.name != "ray":
            raise InputError("an address is that of a cluster: add --engine ray")


@dataclass(frozen=True)
class Outcome:
    """The result of a run."""

    pace: Pace  # of the videos of this run
    finished_before: int
    infos: tuple[PartInfo, ...]  # all parts in the folder
    interrupted: bool  # by Ctrl-C

    @property
    def failed(self) -> int:
        """Videos in the folder that have no rows."""
        return sum(info.state == FAILED for info in self.infos)


def run_archive(
    videos: Sequence[Video],
    output: Path,
    options: ArchiveOptions | None = None,
    engine: EngineOptions | None = None,
    *,
    recompute: bool = False,
    on_plan: Callable[[Plan], None] | None = None,
    on_video: Callable[[PartInfo, Pace], None] | None = None,
) -> Outcome:
    """Analyses every video without a finished part in `output`. Ctrl-C ends it; another call continues.

    Args:
        videos: from `find_videos`.
        output: the folder of the results; created if it does not exist.
        options: what is computed.
        engine: where.
        recompute: replaces results of other options or models instead of refusing.
        on_plan: called once, before the work.
        on_video: called after each video.

    Raises:
        InputError: the folder cannot be used, or its results were made with other options.
        OutputError: a result cannot be written, for example on a full disk. What is finished is kept.
        ModelError: a model is missing or wrong.
        DependencyMissing: an extra is not installed.
    """
    options, engine = options or ArchiveOptions(), engine or EngineOptions()
    _require_libraries()
    identity = Identity.of(options)
    with Pipeline(options.pipeline_options()) as pipeline:  # before the work: models and label set are right
        label_sets = pipeline.label_sets
    with ResultsFolder(output) as results:
        check_identity(results, identity, recompute=recompute)
        plan = make_plan(videos, results, identity, options)
        results.begin(identity)
        if on_plan is not None:
            on_plan(plan)
        meter, interrupted = PaceMeter(plan.sizes, time.monotonic()), False
        try:
            with closing(_engine(plan.tasks, engine)) as finished:
                for task, result in finished:
                    info = result
                    if isinstance(info, Lost):
                        info = blank_info(task, info.reason)
                        write_failed_part(Path(task.part), info, label_sets)
                    meter.add(info.source, failed=info.state == FAILED)
                    if on_video is not None:
                        on_video(info, meter.state(time.monotonic()))
        except KeyboardInterrupt:
            interrupted = True
        except OutputError as exc:
            raise OutputError(f"{exc}; what is finished is kept, and the same command continues") from exc
        finally:
            results.remove_leftovers()
        pace = meter.state(time.monotonic())
        infos = tuple(results.parts())
        write_manifest(results, infos)
        write_summary(results, infos)
    return Outcome(pace, plan.finished, infos, interrupted)


def _engine(tasks: Sequence[VideoTask], engine: EngineOptions) -> Generator[tuple[VideoTask, PartInfo | Lost]]:
    if engine.name == "ray":
        from emoar.archive.ray_engine import run_on_ray

        return run_on_ray(tasks, engine.workers, engine.address)
    return run_locally(tasks, engine.workers or usable_cores())


def usable_cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _require_libraries() -> None:
    try:
        import_module("pyarrow")
        import_module("jinja2")
    except ImportError as exc:
        raise DependencyMissing(f"an archive needs {exc.name}: pip install 'emoar[archive]'") from exc
