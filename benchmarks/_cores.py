"""Confines a benchmark to some of the processor's cores."""

from __future__ import annotations

import os
import sys

__all__ = ["confine"]


def confine(cores: int) -> str:
    """Starts this program again on the first `cores` usable cores, unless it has no more; prints what it runs on.

    It must start again, since libraries count the cores when they are loaded, and their threads stay where they are.
    """
    if not hasattr(os, "sched_setaffinity"):
        return "this system cannot confine a program to a core: all of them were used"
    usable = sorted(os.sched_getaffinity(0))
    if len(usable) > cores:
        os.sched_setaffinity(0, usable[:cores])
        sys.stdout.flush()
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
    return f"confined to {len(usable)} core{'' if len(usable) == 1 else 's'}"
