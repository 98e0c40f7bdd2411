"""Which videos are meant: by files, folders, patterns and a list of names."""

from __future__ import annotations

import glob
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from emoar.errors import InputError
from emoar.scene_json import unicode_text

__all__ = ["VIDEO_SUFFIXES", "Video", "find_videos", "names_in"]

# What is picked in folders. A file that is named itself may have any suffix.
VIDEO_SUFFIXES: Final = (
    *(".mp4", ".m4v", ".mov", ".3gp", ".3g2", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".vob", ".ts", ".m2ts"),
    *(".mts", ".ogv", ".flv", ".wmv", ".asf", ".wtv", ".mxf", ".dv"),
)


@dataclass(frozen=True)
class Video:
    """One video of an archive."""

    path: Path  # absolute
    source: str  # its name in the results: below the folder that was given, or as it was given itself


def find_videos(arguments: Sequence[str], listed: Iterable[str] = ()) -> tuple[Video, ...]:
    """The videos, each once, with names that differ.

    Args:
        arguments: files, folders (with all folders in them) and patterns such as `videos/**/*.mp4`.
        listed: names of files, which may be missing: each becomes a row of the results.

    Raises:
        InputError: there is no such file or no video in a folder, or no video at all.
    """
    found: dict[Path, Video] = {}
    for video in (*(v for argument in arguments for v in _videos_of(argument)), *map(_video, listed)):
        found.setdefault(video.path, video)
    if not found:
        raise InputError("no video is named: give files, folders or patterns, or --list FILE with one name a line")
    count = Counter(video.source for video in found.values())
    return tuple(
        replace(video, source=unicode_text(str(video.path))) if count[video.source] > 1 else video
        for video in found.values()
    )


def names_in(path: str) -> list[str]:
    """The lines of a list file, or of standard input for `-`, without empty ones.

    Raises:
        InputError: it cannot be read, or has no line.
    """
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except (OSError, ValueError) as exc:
        raise InputError(f"cannot read the list {path}: {getattr(exc, 'strerror', None) or exc}") from exc
    names = [line for line in os.fsdecode(data).splitlines() if line.strip()]
    if not names or any("\0" in name for name in names):
        raise InputError(f"{path} is no list of videos: write one file name a line")
    return names


def _videos_of(argument: str) -> Iterator[Video]:
    path = Path(argument)
    if path.is_dir():
        found = _in_folder(path)
    elif os.path.lexists(path):
        found = [_video(argument)]
    else:
        found = [_video(name) for name in sorted(glob.glob(argument, recursive=True)) if os.path.isfile(name)]
    if not found:
        what = "has no video in it" if path.is_dir() else "does not exist, and no file has a name like it"
        raise InputError(f"{argument} {what}: give files, folders or patterns such as 'videos/**/*.mp4'")
    yield from found


def _in_folder(folder: Path) -> list[Video]:
    """All videos below a folder by their suffixes, without hidden files and folders.

    Raises:
        InputError: a folder cannot be read.
    """

    def fail(exc: OSError) -> None:
        raise InputError(f"cannot read {exc.filename}: {exc.strerror}") from exc

    videos: list[Video] = []
    root = Path(os.path.abspath(folder))
    for parent, folders, files in os.walk(root, onerror=fail):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(parent, name)
            if path.suffix.lower() in VIDEO_SUFFIXES and not name.startswith("."):
                videos.append(Video(path, unicode_text(path.relative_to(root).as_posix())))
    return videos


def _video(name: str) -> Video:
    return Video(Path(os.path.abspath(name)), unicode_text(Path(name).as_posix()))
