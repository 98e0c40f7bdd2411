"""Limits that a child process sets for itself, where the operating system has them."""

from __future__ import annotations

import contextlib
import os

__all__ = ["limit_process"]


def limit_process(niceness: int, memory_bytes: int) -> None:
    """Lowers this process's priority, limits its private memory and disables core dumps, which could hold pictures."""
    with contextlib.suppress(ImportError, OSError, ValueError, AttributeError):  # Windows has none of these
        os.nice(niceness)
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
