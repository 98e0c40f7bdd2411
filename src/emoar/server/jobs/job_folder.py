"""The folder of one server's video jobs, next to those of other servers on this machine."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path
from typing import Final

from emoar.files import output_errors

__all__ = ["JobFolder"]

_LOCK: Final = ".lock"


class JobFolder:
    """A new folder in `parent` that belongs to this process; it also deletes the folders of servers that were killed.

    A file lock marks the folder as used. The operating system releases the lock when the process ends.

    Raises:
        OutputError: it cannot be created.
    """

    def __init__(self, parent: Path) -> None:
        with output_errors(parent):
            parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            for other in parent.iterdir():
                _remove_if_abandoned(other)
            self._path = parent / f"server-{secrets.token_hex(8)}"
            self._path.mkdir(mode=0o700)
            self._lock = _locked(self._path / _LOCK)

    def create(self, name: str) -> Path:
        """Creates a folder in it, with mode 0700, and returns its path.

        Raises:
            OutputError: it cannot be created.
        """
        folder = self._path / name
        with output_errors(folder):
            folder.mkdir(mode=0o700)
        return folder

    def close(self) -> None:
        """Deletes the folder and everything in it."""
        shutil.rmtree(self._path, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _remove_if_abandoned(folder: Path) -> None:
    """Deletes `folder` if it belongs to a server that has ended without deleting it."""
    if not folder.name.startswith("server-") or not folder.is_dir():
        return
    lock = _locked(folder / _LOCK)
    if lock is not None:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _locked(path: Path) -> int | None:
    """A file descriptor that holds the lock; None when another process has it."""
    import fcntl

    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor
