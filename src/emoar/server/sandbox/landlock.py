"""Landlock, which closes the file system to a process and to all threads that it starts from then on (Linux 5.13).

The constants and structures are those of `linux/landlock.h`. The system call numbers are the same on all processors.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

__all__ = ["close_files", "landlock_version"]

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG, _PATH_BENEATH = 1, 1
_PR_SET_NO_NEW_PRIVS: Final = 38
_WRITE_FILE, _READ_FILE, _READ_DIR, _TRUNCATE = 1 << 1, 1 << 2, 1 << 3, 1 << 14
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_FILE = 1 << 4, 1 << 5, 1 << 7, 1 << 8
_READ: Final = _READ_FILE | _READ_DIR
_WRITE: Final = _WRITE_FILE | _TRUNCATE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_FILE
_OF_FILES: Final = _WRITE_FILE | _READ_FILE | _TRUNCATE  # the rights that a rule for a single file may have
_ALL_NETWORK: Final = 0b11  # binding and connecting TCP, from version 4
_ALL_SCOPES: Final = 0b11  # abstract sockets and signals, from version 6


def landlock_version() -> int:
    """The version of Landlock in this kernel; 0 where there is none."""
    if sys.platform != "linux":
        return 0
    return max(0, _call(_CREATE_RULESET, None, 0, _VERSION_FLAG))


def close_files(readable: Iterable[Path], writable: Iterable[Path]) -> bool:
    """Closes all files except those in these folders (or these files) to this process, and TCP and signals to others.

    Call it before the first thread starts: it holds for this thread and for those that this thread starts later.

    Returns:
        Whether the kernel did so. It does nothing where there is no Landlock.
    """
    version = landlock_version()
    if not version:
        return False
    rights = _rights(version)
    parts = [rights, *([_ALL_NETWORK] if version >= 4 else []), *([_ALL_SCOPES] if version >= 6 else [])]
    attributes = struct.pack(f"={len(parts)}Q", *parts)
    ruleset = _call(_CREATE_RULESET, attributes, len(attributes), 0)
    if ruleset < 0:
        return False
    try:
        for path in readable:
            _allow(ruleset, path, _READ & rights)
        for path in writable:
            _allow(ruleset, path, (_READ | _WRITE) & rights)
        _libc().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        return _call(_RESTRICT_SELF, ruleset, 0) == 0
    finally:
        os.close(ruleset)


def _rights(version: int) -> int:
    """All rights on files that this version knows: what no rule allows is forbidden."""
    bits = {1: 13, 2: 14}.get(version, 15 if version < 5 else 16)
    return (1 << bits) - 1


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # what is not there needs no permission
        return
    try:
        if not path.is_dir():
            rights &= _OF_FILES
        _call(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, descriptor), 0)
    finally:
        os.close(descriptor)


def _call(number: int, *arguments: Any) -> int:
    wide = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    return _libc().syscall(ctypes.c_long(number), *wide)


def _libc() -> Any:
    return ctypes.CDLL(None, use_errno=True)
