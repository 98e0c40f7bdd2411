"""Child processes that start others: each leads a session, so that all of them end together."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from emoar.errors import DependencyMissing

__all__ = ["end_group", "start_group"]

_WAIT_S = 10.0


def start_group(command: Sequence[str], environment: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Starts a program whose output is added to a file.

    Raises:
        DependencyMissing: the program is not installed.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        try:
            return subprocess.Popen(command, env=environment, stdout=out, stderr=out, start_new_session=True)
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
