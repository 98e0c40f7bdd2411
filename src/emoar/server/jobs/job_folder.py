"""The folder of one server's video jobs, next to those of other servers on this machine."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
import time
from pathlib import Path
from typing import Final

from emoar.errors import OutputError
from emoar.files import output_errors

__all__ = ["JobFolder"]

_LOCK: Final = ".lock"
_USED, _NEW = "server-", "new-"  # a folder is renamed from the second to the first once it is locked
_NEW_S: Final = 600.0  # from creation to lock are milliseconds; after this its server has been killed in between


class JobFolder:
    """A new folder in `parent` that belongs to this process; it also deletes the folders of servers that were killed.

    A file lock marks the folder as used. The operating system releases the lock when the process ends. Nothing that
    another user has put into `parent` is followed, locked or deleted.

    Raises:
        OutputError: it cannot be created, or other users may write into `parent`.
    """

    def __init__(self, parent: Path) -> None:
        self._parent = parent
        self._lock: int | None = None
        with output_errors(parent):
            parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _check_owner(parent)
            for other in parent.iterdir():
                _remove_if_abandoned(other)
            self._path = self._new()

    def create(self, name: str) -> Path:
        """Creates a folder in it, with mode 0700, and returns its path.

        Raises:
            OutputError: it cannot be created.
        """
        with output_errors(self._path / name):
            if not self._path.is_dir():  # a program that cleans up has deleted it
                self._parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._path = self._new()
            folder = self._path / name
            folder.mkdir(mode=0o700)
        return folder

    def close(self) -> None:
        """Deletes the folder and everything in it."""
        shutil.rmtree(self._path, ignore_errors=True)
        self._unlock()

    def _new(self) -> Path:
        """A folder with a lock: it gets its name once it is locked, so that no other server takes it for abandoned."""
        name = secrets.token_hex(8)
        folder = self._parent / f"{_NEW}{name}"
        folder.mkdir(mode=0o700)
        self._unlock()
        self._lock = _locked(folder, os.O_CREAT | os.O_EXCL)
        return folder.rename(self._parent / f"{_USED}{name}")

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _check_owner(parent: Path) -> None:
    """Checks that no other user can replace what is in the folder (on systems that have users)."""
    if not hasattr(os, "getuid"):
        return
    status = parent.stat()
    if status.st_uid not in (os.getuid(), 0):
        raise OutputError(f"cannot use {parent}: it belongs to another user; name another job_folder")
    if status.st_mode & 0o022 and not status.st_mode & stat.S_ISVTX:
        raise OutputError(f"cannot use {parent}: other users may write into it; chmod 700, or name another job_folder")


def _remove_if_abandoned(folder: Path) -> None:
    """Deletes `folder` if it belongs to a server that has ended without deleting it."""
    try:
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode) or (hasattr(os, "getuid") and status.st_uid != os.getuid()):
            return
        if folder.name.startswith(_NEW) and time.time() - status.st_mtime > _NEW_S:
            shutil.rmtree(folder, ignore_errors=True)
        lock = _locked(folder) if folder.name.startswith(_USED) else None
    except OSError:  # gone in the meantime, or its lock is no file: not of a server
        return
    if lock is not None:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _locked(folder: Path, flags: int = 0) -> int | None:
    """A file descriptor that holds the lock of the folder; None when another process has it.

    Raises:
        OSError: there is no such file, or it is a link.
    """
    import fcntl

    descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | flags, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor
