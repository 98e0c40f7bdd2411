"""What is to be done: which videos have a finished part already, and which have none or an outdated one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from emoar.archive.listing import Video
from emoar.archive.options import ArchiveOptions, Identity
from emoar.archive.part import FAILED, PartInfo
from emoar.archive.results import ResultsFolder
from emoar.archive.task import VideoTask
from emoar.errors import InputError

__all__ = ["Plan", "check_identity", "make_plan"]


@dataclass(frozen=True)
class Plan:
    """The work of a run."""

    tasks: tuple[VideoTask, ...]  # the largest file first, so that none is left alone at the end
    finished: int  # videos that have a part already
    sizes: dict[str, int]  # bytes of the file of each task, by source


def check_identity(results: ResultsFolder, identity: Identity, *, recompute: bool) -> None:
    """Refuses to mix results that were made with different options.

    Raises:
        InputError: the folder has results of other options or models, and they are not to be replaced.
    """
    before = results.identity
    if recompute or before is None or not (changes := before.differences(identity)):
        return
    count = sum(1 for _ in results.parts())
    if count:
        raise InputError(
            f"{results.root} was made with {'; '.join(changes)}: name another folder with -o, "
            f"or --recompute to replace its {count} results"
        )


def make_plan(videos: Sequence[Video], results: ResultsFolder, identity: Identity, options: ArchiveOptions) -> Plan:
    """The videos without a finished part. A failed one is tried again.

    Raises:
        InputError: a part belongs to another video of the same name.
    """
    parts = {info.source: info for info in results.parts()}
    todo = [(_size(video), video) for video in videos if not _is_finished(video, parts.get(video.source), identity)]
    todo.sort(key=lambda pair: -pair[0])
    tasks = tuple(
        VideoTask(
            path=str(video.path),
            source=video.source,
            part=str(results.part_of(video.source)),
            options=options,
            model_sha256=identity.model_sha256,
            options_sha256=identity.options_sha256,
        )
        for _, video in todo
    )
    return Plan(tasks, len(videos) - len(tasks), {video.source: size for size, video in todo})


def _is_finished(video: Video, part: PartInfo | None, identity: Identity) -> bool:
    if part is None or part.state == FAILED:
        return False
    unchanged = _is_same_file(video, part)
    if not unchanged and str(video.path) != part.path:
        raise InputError(
            f"the results have {video.source} of {part.path} already, which differs from {video.path}: "
            "name another folder with -o"
        )
    hashes = (part.model_sha256, part.options_sha256)
    return unchanged and hashes == (identity.model_sha256, identity.options_sha256)


def _is_same_file(video: Video, part: PartInfo) -> bool:
    """Whether the part is that of this file: by size and time, or by the content of a file that was copied."""
    try:
        status = video.path.stat()
        if status.st_size != part.size_bytes:
            return False
        if status.st_mtime_ns == part.modified_ns:
            return True
        with video.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == part.content_sha256
    except OSError:
        return False


def _size(video: Video) -> int:
    try:
        return video.path.stat().st_size
    except OSError:
        return 0
