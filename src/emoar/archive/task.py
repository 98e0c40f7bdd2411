"""The task: one video becomes one part. Every engine runs this function, in any process and on any machine."""

from __future__ import annotations

import ctypes
import gc
import hashlib
import math
import os
import platform
import stat
import sys
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from importlib.abc import MetaPathFinder
from pathlib import Path

from emoar import __version__
from emoar.archive.options import ArchiveOptions
from emoar.archive.part import DONE, FAILED, INCOMPLETE, PartInfo, PartWriter, write_failed_part
from emoar.errors import DependencyMissing, MediaError, ModelError, OutputError
from emoar.media.base import Source
from emoar.media.containers import is_animated
from emoar.media.sources import is_picture
from emoar.media.video import open_video
from emoar.media.video.source import head_of
from emoar.pipeline import Pipeline
from emoar.types import Scene

__all__ = ["Thinning", "VideoTask", "blank_info", "do_without_pandas", "process_video"]

_FREE_FRAMES = 100  # of a long video, after which memory is freed: a second of work, of which this takes half a percent
_SLACK_S = 1e-4  # frame times are rounded
_PICTURES_IN_A_ROW = (".mjpeg", ".mjpg")  # as the first picture alone


@dataclass(frozen=True)
class VideoTask:
    """One video, and the place of its part. Plain values: it is sent to other processes and machines."""

    path: str
    source: str
    part: str
    options: ArchiveOptions
    model_sha256: str
    options_sha256: str


class Thinning:
    """Selects the pictures that are analysed, by their times: the first one in each interval of 1/`fps` seconds."""

    def __init__(self, fps: float) -> None:
        self._fps = fps
        self._next = 0  # interval

    def __call__(self, time_s: float) -> bool:
        interval = math.floor((time_s + _SLACK_S) * self._fps)
        if interval < self._next:
            return False
        self._next = interval + 1
        return True


def process_video(task: VideoTask) -> PartInfo:
    """Analyses one video and writes its part, also when the video cannot be read: then the part has the reason.

    Raises:
        OutputError: the part cannot be written.
        ModelError: a model is not on this machine, or is another one.
        DependencyMissing: an extra is not installed.
    """
    pipeline = _pipeline(task.options)
    started, info = time.perf_counter(), blank_info(task)
    try:
        info = _identified(info)
        info = _analysed(task, info, pipeline, started)
    except (OutputError, ModelError, DependencyMissing):
        raise
    except Exception as exc:  # any library may fail in its own way on a broken file
        reason = str(exc) if isinstance(exc, MediaError) else f"unexpected {type(exc).__name__}: {exc}"
        reason = " ".join(reason.split()).replace(task.path, task.source)
        info = replace(info, error=reason, seconds=time.perf_counter() - started)
        write_failed_part(Path(task.part), info, pipeline.label_sets)
    _free_memory()
    return info


class _NoPandas(MetaPathFinder):
    """Finds no pandas."""

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError("a worker does without pandas", name=fullname)


def do_without_pandas() -> None:
    """Keeps pyarrow from loading pandas wherever it is installed: 47 MB that a worker has no use for.

    For a process that does nothing but tasks: an import of pandas fails from now on.
    """
    if not any(isinstance(finder, _NoPandas) for finder in sys.meta_path):
        sys.meta_path.insert(0, _NoPandas())


def blank_info(task: VideoTask, error: str | None = None) -> PartInfo:
    """The row of a video of which nothing is known."""
    return PartInfo(
        source=task.source,
        path=task.path,
        state=FAILED,
        error=error,
        model_sha256=task.model_sha256,
        options_sha256=task.options_sha256,
        version=__version__,
        finished=_now(),
        host=platform.node(),
    )


@dataclass
class _Counts:
    """What is counted while the scenes go by."""

    frames: int = 0
    with_face: int = 0
    size_px: tuple[int, int] = (0, 0)
    last_s: float = 0.0
    tracks: set[int] = field(default_factory=set[int])
    labels: Counter[str] = field(default_factory=Counter[str])

    def add(self, scene: Scene) -> None:
        self.frames += 1
        self.with_face += bool(scene.faces)
        self.size_px = scene.frame.width_px, scene.frame.height_px
        self.last_s = scene.frame.time_s
        self.tracks.update(face.track_id for face in scene.faces)
        self.labels.update(face.expression.label for face in scene.faces if face.quality.usable)


def _analysed(task: VideoTask, info: PartInfo, pipeline: Pipeline, started: float) -> PartInfo:
    path = Path(task.path)
    if is_picture(path) and not is_animated(head_of(path)) and path.suffix.lower() not in _PICTURES_IN_A_ROW:
        raise MediaError(f"{path} is a picture, not a video")
    counts = _Counts()
    pipeline.reset()
    with open_video(path, threads=1) as source:  # the other cores have workers of their own
        _prepare(source, task)
        part = PartWriter(Path(task.part), pipeline.label_sets)
        try:
            for frame in source:
                scene = pipeline(frame)
                part.write(scene)
                counts.add(scene)
                if counts.frames % _FREE_FRAMES == 0:
                    _free_memory()
            info = replace(
                info,
                state=DONE if source.problem is None else INCOMPLETE,
                error=source.problem,
                video_s=source.end_s or counts.last_s,
                width_px=counts.size_px[0],
                height_px=counts.size_px[1],
                frames=counts.frames,
                frames_with_face=counts.with_face,
                faces=len(counts.tracks),
                labels=dict(counts.labels),
                seconds=time.perf_counter() - started,
                finished=_now(),
            )
            part.finish(info)
        finally:
            part.discard()
    return info


def _prepare(source: Source, task: VideoTask) -> None:
    source.name = task.source
    if task.options.fps is not None:
        source.wanted = Thinning(task.options.fps)


def _identified(info: PartInfo) -> PartInfo:
    """With size, time and hash of the file."""
    path = Path(info.path)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe would be waited for
            raise MediaError(f"{path} is not a file")
        info = replace(info, size_bytes=status.st_size, modified_ns=status.st_mtime_ns)
        with path.open("rb") as file:
            return replace(info, content_sha256=hashlib.file_digest(file, "sha256").hexdigest())
    except (OSError, ValueError) as exc:
        raise MediaError(f"cannot read {path}: {getattr(exc, 'strerror', None) or exc}") from exc


def _free_memory() -> None:
    """Frees what a video has left: decoders and pictures are parts of cycles, which grow to 100 MB before Python
    collects them, and the C library keeps what was freed in pieces.
    """
    gc.collect()
    library = ctypes.CDLL(None) if os.name == "posix" else None
    if hasattr(library, "malloc_trim"):  # glibc
        library.malloc_trim(0)


@lru_cache(maxsize=1)
def _pipeline(options: ArchiveOptions) -> Pipeline:
    """The pipeline of this process, kept from one video to the next."""
    return Pipeline(options.pipeline_options())


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
