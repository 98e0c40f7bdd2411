"""Limits that a process sets for itself, where the operating system has them, and the memory that there is to share."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Final

__all__ = ["forbid_core_dumps", "limit_process", "memory_limit_bytes", "memory_share_bytes"]

_CHILDREN_SHARE: Final = 0.75  # of a container's memory; the rest is for the server: requests and frames on their way


def limit_process(niceness: int, memory_bytes: int, file_bytes: int) -> None:
    """Lowers this process's priority, limits its private memory and the files that it writes, forbids core dumps."""
    forbid_core_dumps()
    with contextlib.suppress(ImportError, OSError, ValueError, AttributeError):  # Windows has none of these
        os.nice(niceness)
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))


def forbid_core_dumps() -> None:
    """Disables core dumps of this process and of those that it starts: they would hold pictures and keys."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def memory_share_bytes(most_bytes: int, processes: int) -> int:
    """The memory limit of one of so many child processes: `most_bytes`, or its part of a container's memory."""
    limit = memory_limit_bytes()
    return most_bytes if limit is None else min(most_bytes, int(_CHILDREN_SHARE * limit / processes))


def memory_limit_bytes(groups: Path = Path("/proc/self/cgroup"), root: Path = Path("/sys/fs/cgroup")) -> int | None:
    """The memory that the control groups of this process allow, in version 1 or 2; None where they set no limit."""
    limits: list[int] = []
    for line in _text(groups).splitlines():
        _, controllers, place = line.split(":", 2)
        folder, name = (root, "memory.max") if not controllers else (root / "memory", "memory.limit_in_bytes")
        if controllers and "memory" not in controllers.split(","):
            continue
        for group in (folder / place.strip("/"), *(folder / place.strip("/")).parents):
            text = _text(group / name).strip() if group.is_relative_to(folder) else ""
            limits += [int(text)] if text.isdigit() else []
    least = min(limits, default=1 << 60)
    return least if least < 1 << 60 else None  # version 1 tells "none" by a number of that size


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
