"""Reads pipes, whose beginning tells what they are and can be read only once."""

from __future__ import annotations

import stat
import sys
import tempfile
from io import FileIO
from pathlib import Path
from typing import IO, Final

from emoar.errors import MediaError

__all__ = ["STANDARD_INPUT", "PeekedPipe", "is_pipe"]

STANDARD_INPUT: Final = "-"
_HEAD_BYTES: Final = 1 << 16  # enough to tell a picture from a video


def is_pipe(path: Path) -> bool:
    """Whether a path is `-`, a pipe, a socket or another stream that is no file, folder or camera."""
    if str(path) == STANDARD_INPUT:
        return not path.exists()
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or (stat.S_ISCHR(mode) and path.name.startswith("video")))


class PeekedPipe:
    """A pipe with its first bytes in `head`; `read` begins with them. It cannot be rewound; `to_file` copies it.

    Raises:
        MediaError: it cannot be opened, is a terminal, or ends at once.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._position = 0  # in `head`
        self._copy: IO[bytes] | None = None
        try:
            self._file = _opened(path)
        except (OSError, AttributeError) as exc:  # a program without a standard input has None there
            raise MediaError(f"cannot read {path}: {getattr(exc, 'strerror', None) or exc}") from exc
        try:
            self.head = self._beginning()
        except BaseException:
            self.close()
            raise

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes, at least one before the end; all of them without `size`."""
        start = self.head[self._position :]
        if size < 0:
            self._position = len(self.head)
            return start + b"".join(iter(lambda: self._file.read(1 << 20) or b"", b""))
        if start:
            self._position += min(size, len(start))
            return start[:size]
        return self._file.read(size) or b""

    def to_file(self) -> IO[bytes]:
        """A temporary file with all of the pipe, for what cannot be read from its beginning to its end.

        Raises:
            OSError: the disk is full.
        """
        self._copy = tempfile.TemporaryFile(prefix="emoar-")  # noqa: SIM115  (closed by `close`)
        while part := self.read(1 << 20):
            self._copy.write(part)
        self._copy.seek(0)
        return self._copy

    def close(self) -> None:
        """Closes the pipe, but not the standard input of the program."""
        self._file.close()
        if self._copy is not None:
            self._copy.close()

    def _beginning(self) -> bytes:
        """The first bytes; fewer than `_HEAD_BYTES` only where the pipe ends."""
        if self._file.isatty():
            raise MediaError(f"{self.path} is a terminal: send a picture or a video through a pipe, or name a file")
        parts: list[bytes] = []
        missing = _HEAD_BYTES
        try:
            while missing > 0 and (part := self._file.read(missing)):
                parts.append(part)
                missing -= len(part)
        except OSError as exc:
            raise MediaError(f"cannot read {self.path}: {exc.strerror}") from exc
        if not parts:
            raise MediaError(f"{self.path} is empty (0 bytes)")
        return b"".join(parts)


def _opened(path: Path) -> FileIO:
    """Without a buffer, so that a slow pipe is read as its bytes come."""
    if str(path) == STANDARD_INPUT:
        return FileIO(sys.stdin.fileno(), "rb", closefd=False)
    return FileIO(path, "rb")
