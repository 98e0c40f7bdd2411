"""The environment of child processes: where Python and its libraries are, and nothing else."""

from __future__ import annotations

import os
from typing import Final

__all__ = ["child_environment"]

_KEPT: Final = (
    *("PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"),
    *("LANG", "LC_ALL", "LC_CTYPE", "TZ", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "SYSTEMROOT"),
    "EMOAR_WORKER_STDERR",  # set by hand to see what libraries print
)


def child_environment() -> dict[str, str]:
    """The variables that a process needs to run Python. What the server was given, such as keys, stays with it."""
    return {name: os.environ[name] for name in _KEPT if name in os.environ}
