"""The folder of results: its layout, what it was made with, and the lock that keeps a second run out."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import msgspec

from emoar.archive.options import Identity
from emoar.archive.part import PartInfo, is_leftover, read_part
from emoar.errors import InputError
from emoar.files import atomic_write, output_errors

__all__ = ["MARKER", "ResultsFolder"]

MARKER: Final = "archive.json"
_SCHEMA: Final = "emoar.archive/1"
_LOCK: Final = ".lock"
_KEY_DIGITS: Final = 20  # of 64: names of millions of videos differ


@dataclass(frozen=True)
class _Marker:
    schema: str
    identity: Identity


class ResultsFolder:
    """An open folder of results; the context manager frees its lock.

    Args:
        root: a folder of results, an empty folder, or one that does not exist.

    Attributes:
        identity: what the results were made with; None in a new folder.

    Raises:
        InputError: it holds something else or another version of results, or another run uses it.
        OutputError: it cannot be written.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(os.path.abspath(root))
        self.scenes = self.root / "scenes"
        self.manifest = self.root / "manifest.parquet"
        self.summary = self.root / "summary.html"
        if self.root.exists() and not self.root.is_dir():
            raise InputError(f"{root} is a file: -o names the folder of the results")
        self.identity = self._read_marker()
        with output_errors(self.root):
            self.scenes.mkdir(parents=True, exist_ok=True)
        self._lock = _lock(self.root / _LOCK)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        os.close(self._lock)

    def begin(self, identity: Identity) -> None:
        """Notes what the results are made with from now on, and removes what killed processes have begun.

        Raises:
            OutputError: the folder cannot be written.
        """
        self.remove_leftovers()
        content = msgspec.json.encode(_Marker(_SCHEMA, identity))
        atomic_write(self.root / MARKER, msgspec.json.format(content, indent=2) + b"\n")
        self.identity = identity

    def part_of(self, source: str) -> Path:
        """The file of a video's part, by the video's name."""
        digest = hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()
        return self.scenes / f"part-{digest[:_KEY_DIGITS]}.parquet"

    def parts(self) -> Iterator[PartInfo]:
        """What the whole parts tell, in the order of the sources' names."""
        infos = (read_part(path) for path in self.scenes.glob("part-*.parquet"))
        yield from sorted((info for info in infos if info is not None), key=lambda info: info.source)

    def remove_leftovers(self) -> None:
        """Removes files that were begun and not finished."""
        for path in self.scenes.iterdir():
            if is_leftover(path):
                path.unlink(missing_ok=True)

    def _read_marker(self) -> Identity | None:
        path = self.root / MARKER
        try:
            data = path.read_bytes()
            schema = msgspec.json.decode(data, type=dict[str, object]).get("schema")
            if schema != _SCHEMA:
                raise InputError(f"{self.root} holds results of another version ({schema}): name a new folder with -o")
            return msgspec.json.decode(data, type=_Marker).identity
        except (FileNotFoundError, NotADirectoryError):
            if self.root.is_dir() and any(name not in ("scenes", _LOCK) for name in os.listdir(self.root)):
                raise InputError(f"{self.root} holds other files: name a new or empty folder with -o") from None
            return None
        except OSError as exc:
            raise InputError(f"cannot read {path}: {exc.strerror}") from exc
        except msgspec.MsgspecError as exc:
            raise InputError(f"{path} is damaged: name a new folder with -o") from exc


def _lock(path: Path) -> int:
    """A descriptor that holds the lock. The system frees it when the process ends, however that happens.

    Raises:
        InputError: another process has it.
        OutputError: the file cannot be written.
    """
    with output_errors(path.parent):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        import fcntl
    except ImportError:  # Windows
        return descriptor
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as exc:
        if exc.errno in (errno.EWOULDBLOCK, errno.EACCES):
            os.close(descriptor)
            raise InputError(f"another run writes into {path.parent}: wait for its end, or name another -o") from exc
    return descriptor  # also where the file system has no locks: parts are written atomically
