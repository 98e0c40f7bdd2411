"""Task functions that other processes import by name, and the videos and tasks of the tests."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from pathlib import Path

from emoar.archive.options import ArchiveOptions
from emoar.archive.part import DONE, PartInfo, write_failed_part
from emoar.archive.task import VideoTask, blank_info
from emoar.errors import OutputError
from emoar.labels import DEFAULT_HEADS


def make_task(folder: Path, name: str, part: Path | None = None) -> VideoTask:
    """The task for a file `name` in `folder`, which need not exist."""
    place = part or folder / f"part-{name}.parquet"
    return VideoTask(str(folder / name), name, str(place), ArchiveOptions(), "model", "options")


def quick(task: VideoTask) -> PartInfo:
    """Finishes at once, with the number of its process as host."""
    return replace(blank_info(task), state=DONE, host=str(os.getpid()))


def fatal(task: VideoTask) -> PartInfo:
    """Fails as on a full disk, except for videos called ok."""
    if task.source.startswith("ok"):
        return quick(task)
    raise OutputError(f"cannot write {task.part}: the disk is full; free some space or write elsewhere")


def broken_library(task: VideoTask) -> PartInfo:
    """Raises what no task may raise."""
    raise LookupError("out of order")


def killed_once(task: VideoTask) -> PartInfo:
    """The first process that has a video called `deadly` kills itself; the second one finishes it."""
    seen = Path(task.path).with_suffix(".seen")
    if "deadly" in task.source and not seen.exists():
        seen.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return quick(task)


def killed_always(task: VideoTask) -> PartInfo:
    """Every process that has a video called `deadly` kills itself."""
    if "deadly" in task.source:
        os.kill(os.getpid(), signal.SIGKILL)
    return quick(task)


def write_and_wait(task: VideoTask) -> PartInfo:
    """Writes its part; a video called `slow` waits until its file has been removed."""
    path = Path(task.path)
    path.with_suffix(".begun").write_text(str(os.getpid()))
    while "slow" in task.source and path.exists():
        signal.sigtimedwait([], 0.02)
    info = quick(task)
    write_failed_part(Path(task.part), info, DEFAULT_HEADS)
    return info
