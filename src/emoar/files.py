"""Output files: a file gets its final name only when it is complete, and a failed write keeps the older file."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from emoar.errors import OutputError

__all__ = ["PartialFile", "atomic_write", "check_writable", "locked", "output_errors"]


class PartialFile:
    """An output file under a temporary name: write to `temporary`, then call `commit` or `discard`.

    A device (`/dev/stdout`, a pipe) is written directly.

    Args:
        path: the final name.
        mode: permissions of the file from its creation on; None: those that the umask leaves.
        unique: a temporary name of its own, where several processes may write the same file at once.

    Raises:
        OutputError: the folder or file cannot be written; the constructor checks it, before the work starts.
    """

    def __init__(self, path: str | Path, *, mode: int | None = None, unique: bool = False) -> None:
        self.path = Path(path)
        self.is_device = os.path.exists(self.path) and not os.path.isfile(self.path)
        ending = f".{os.getpid()}-{os.urandom(4).hex()}.part" if unique else ".part"
        self.temporary = self.path
        if os.path.isdir(self.path):
            raise OutputError(f"cannot write {self.path}: it is a folder; name a file in it")
        with output_errors(self.path):
            if not self.is_device:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self.temporary = self.path.with_name(_fitting(self.path, ending))
                if mode is not None:  # nobody else may have opened the file before its permissions are set
                    self.temporary.unlink(missing_ok=True)
                    os.close(os.open(self.temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
                    self.temporary.chmod(mode)
                self.temporary.write_bytes(b"")

    def commit(self) -> None:
        """Renames the temporary file to the final name, in one step.

        Raises:
            OutputError: it cannot be renamed; the temporary file is removed, and an older file of that name stays.
        """
        if not self.is_device:
            try:
                with output_errors(self.path):
                    os.replace(self.temporary, self.path)
            except BaseException:
                self.discard()
                raise

    def finish(self, *, written: bool) -> str | None:
        """Commits a file that was written and returns its path; discards it otherwise. A second call is harmless.

        Raises:
            OutputError: it cannot be renamed.
        """
        if not written:
            self.discard()
            return None
        if self.is_device or self.temporary.exists():
            self.commit()
        return str(self.path)

    def discard(self) -> None:
        """Removes the temporary file; an older file of the final name stays."""
        if not self.is_device:
            self.temporary.unlink(missing_ok=True)


def _fitting(path: Path, ending: str) -> str:
    """A temporary name for a file, short enough for its folder: a long name is cut, and told apart by its hash."""
    whole = path.name + ending
    limit = os.pathconf(path.parent, "PC_NAME_MAX") if hasattr(os, "pathconf") else 255  # bytes
    if len(os.fsencode(whole)) <= limit:
        return whole
    digest = hashlib.sha256(os.fsencode(path.name)).hexdigest()[:16]
    ending = f"-{digest}{ending}"
    stem = path.name
    while stem and len(os.fsencode(stem + ending)) > limit:
        stem = stem[:-1]
    return stem + ending


@contextmanager
def output_errors(path: str | Path) -> Generator[None]:
    """Converts an `OSError` (PyAV's file errors included) of the `with` block to an error of one line with a remedy.

    Raises:
        OutputError: for any `OSError` except `BrokenPipeError`, with which `| head` ends the output.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as exc:
        reason = exc.strerror or str(exc)
        advice = {
            errno.ENOSPC: "the disk is full; free some space or write elsewhere",
            errno.EDQUOT: "your disk quota is used up; free some space or write elsewhere",
            errno.EFBIG: "the file would be larger than is allowed here",
            errno.EACCES: "no permission; write elsewhere",
            errno.EPERM: "no permission; write elsewhere",
            errno.EROFS: "the disk is read-only; write elsewhere",
            errno.ENOTDIR: "a part of the path is a file, not a folder; name another",
            errno.EEXIST: "a part of the path is a file, not a folder; name another",
        }.get(exc.errno or 0, reason)
        raise OutputError(f"cannot write {path}: {advice}") from exc


def check_writable(path: Path) -> None:
    """Checks before the work starts that a file can be written; creates its folder, but no file.

    Raises:
        OutputError: it cannot be written.
    """
    PartialFile(path).discard()


def atomic_write(path: Path, content: bytes, *, mode: int | None = None, unique: bool = False) -> None:
    """Writes a file that gets its name only when it is complete and on the disk.

    Args:
        path: the final name.
        content: all of the file.
        mode: as for `PartialFile`.
        unique: as for `PartialFile`.

    Raises:
        OutputError: it cannot be written, for example on a full disk; an older file of that name stays.
    """
    file = PartialFile(path, mode=mode, unique=unique)
    try:
        with output_errors(path):
            file.temporary.write_bytes(content)
            if not file.is_device:
                with file.temporary.open("rb+") as written:
                    os.fsync(written.fileno())
    except BaseException:  # Ctrl-C, too
        file.discard()
        raise
    file.commit()


@contextmanager
def locked(path: Path) -> Generator[None]:
    """Only one process at a time is in a `with` block for a file; the system frees the lock of a process that dies.

    Raises:
        OutputError: the file of the lock, which lies beside the file, cannot be written.
    """
    try:
        import fcntl
    except ImportError:  # Windows: one process a file
        yield
        return
    with output_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.with_name(path.name + ".lock").open("a")
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
