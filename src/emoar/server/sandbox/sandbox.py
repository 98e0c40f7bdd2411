"""Closes a process in that decodes strangers' files: it keeps the program, its models and the given folders."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from emoar.server.sandbox.landlock import close_files
from emoar.server.sandbox.seccomp import close_system_calls

__all__ = ["close_in"]

_SYSTEM: Final = (  # shared libraries, fonts, time zones, and what libraries read about the processor and themselves
    *("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache", "/usr/share/zoneinfo"),
    *("/usr/share/fonts", "/etc/fonts", "/etc/localtime", "/dev/urandom"),
    *("/proc/cpuinfo", "/proc/meminfo", "/proc/self", "/sys/devices/system/cpu", "/sys/fs/cgroup"),
)
_FILES: Final = "a closed file system (the kernel has no Landlock)"
_CALLS: Final = "a closed network (the kernel has no seccomp, or none that is known for this processor)"


def close_in(readable: Iterable[Path] = (), writable: Iterable[Path] = ()) -> tuple[str, ...]:
    """Leaves this process the program itself and these folders and files, and neither network nor other programs.

    Call it before the first thread starts, so before NumPy or OpenCV are imported.

    Returns:
        What this system lacks for it, in words; empty where all is closed.
    """
    files = close_files([*_program_folders(), *readable], [Path("/dev/null"), *writable])
    calls = close_system_calls()
    return (*(() if files else (_FILES,)), *(() if calls else (_CALLS,)))


def _program_folders() -> list[Path]:
    places = [sys.prefix, sys.base_prefix, sys.exec_prefix, *(place for place in sys.path if place), *_SYSTEM]
    return [path for path in map(Path, dict.fromkeys(places)) if path.is_absolute() and path != Path("/")]
