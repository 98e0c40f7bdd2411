"""Child processes that start others: each leads a session, so that all of them end together.

On Linux they end with the process that started them, too, even where that one is killed: a port is free again then.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from emoar.errors import DependencyMissing

__all__ = ["end_group", "end_with_parent", "start_group"]

_WAIT_S: Final = 10.0
_WATCH_S: Final = 2.0
_PR_SET_PDEATHSIG: Final = 1  # of Linux, in sys/prctl.h


def start_group(command: Sequence[str], environment: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Starts a program whose output is added to a file. Call it from the main thread.

    Raises:
        DependencyMissing: the program is not installed.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        try:
            return subprocess.Popen(
                command, env=environment, stdout=out, stderr=out, start_new_session=True, preexec_fn=_end_with_parent
            )
        except FileNotFoundError as exc:
            raise DependencyMissing("federated learning needs flwr: pip install 'emoar[federated]'") from exc


def end_group(process: subprocess.Popen[bytes]) -> None:
    """Ends a process of `start_group` with all that it started: first by a request, then by force."""
    for request in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, request)
            process.wait(_WAIT_S)
        except ProcessLookupError:
            break
        except subprocess.TimeoutExpired:
            continue
    process.poll()


def _end_with_parent() -> None:
    """In the child: asks the system to end it when its parent's thread ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def end_with_parent() -> None:
    """In a process that somebody else starts: ends it within seconds after that one has ended."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_WATCH_S)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
