"""Child processes that start others: each leads a session, so that all of them end together.

On Linux they end with the process that started them, too, even where that one is killed: a port is free again then.
"""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from emoar.errors import DependencyMissing, InputError

__all__ = ["check_port", "end_group", "end_with_parent", "free_port", "start_group"]

_WAIT_S: Final = 10.0
_WATCH_S: Final = 2.0
_RELEASE_S: Final = 5.0
_POLL_S: Final = 0.1
_PR_SET_PDEATHSIG: Final = 1  # of Linux, in sys/prctl.h


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def check_port(host: str, port: int) -> None:
    """Waits until a process may listen there: the processes of a server that was killed end within seconds.

    Raises:
        InputError: another one listens there, the port is not allowed, or the host is none of this machine.
    """
    end = time.monotonic() + _RELEASE_S
    while (reason := _refused(host, port)) and reason.errno == errno.EADDRINUSE and time.monotonic() < end:
        time.sleep(_POLL_S)
    if reason:
        what = reason.strerror or reason
        raise InputError(f"cannot listen on {host}:{port} ({what}): take another with --port or --host")


def _refused(host: str, port: int) -> OSError | None:
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do, past connections that ended
            probe.bind(place)
    except UnicodeError:  # of a name that is too long
        return OSError("this is no host")
    except OSError as exc:
        return exc
    return None


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
