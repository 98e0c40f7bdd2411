"""Servers as processes of a benchmark: EmoAR's, and its peers behind FastAPI."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks._environments import ROOT, deepface_python, fer_python

__all__ = ["PEERS", "Peer", "PeerError", "Running", "emoar_server", "peer_server", "wait_for_peer"]

_START_S: Final = 240
# A peer's start is limited in processor time: on a busy machine it takes several times as long, and is not wrong. Two
# processes that load TensorFlow and PyTorch take about 60 s of it.
_PEER_CPU_S: Final = 300.0
_PEER_IDLE_S: Final = 60.0  # it neither works nor answers: it waits for something that does not come
_TOLD_LINES: Final = 25  # of what a peer printed before it failed


class PeerError(RuntimeError):
    """A peer cannot be measured.

    Attributes:
        outcome: two or three words for a table; the message gives the reason, with the end of the peer's own output.
    """

    def __init__(self, outcome: str, message: str) -> None:
        super().__init__(message)
        self.outcome = outcome


@dataclass(frozen=True)
class Peer:
    """What EmoAR is compared with: an application for uvicorn."""

    name: str
    app: str  # module
    python: Callable[[], Path | None]  # of its environment; None where that cannot be made
    environment: Mapping[str, str] = field(default_factory=dict[str, str])


PEERS: Final = (
    Peer("DeepFace", "benchmarks._deepface_app", deepface_python),
    Peer("fer, MTCNN", "benchmarks._fer_app", fer_python, {"FER_DETECTOR": "mtcnn"}),
    Peer("fer, cascade", "benchmarks._fer_app", fer_python, {"FER_DETECTOR": "cascade"}),
)


@dataclass(frozen=True)
class Running:
    """A server that answers."""

    url: str  # of the route for pictures
    pid: int

    def pids(self) -> list[int]:
        """The process and those that it has started."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return [self.pid, *map(int, children)]

    def rss_mb(self) -> float:
        """Memory of all of them, in units of 10^6 bytes."""
        page = os.sysconf("SC_PAGE_SIZE")
        return sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * page for pid in self.pids()) / 1e6

    def own_rss_mb(self) -> float:
        """Memory of the process itself, without those that it has started."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def cpu_s(self) -> float:
        """Processor time of all of them so far."""
        return sum(_cpu_s(pid, ended_children=False) for pid in self.pids())


@contextmanager
def emoar_server(**settings: object) -> Generator[Running]:
    """`emoar serve` on a free port."""
    with tempfile.TemporaryDirectory() as folder:
        defaults: dict[str, object] = {"job_folder": f"{folder}/jobs", "log_level": "warning"}
        named = {f"EMOAR_{name.upper()}": str(value) for name, value in (defaults | settings).items()}
        log = Path(folder) / "log"
        command = [sys.executable, "-m", "emoar", "serve", "--port", "0"]
        with log.open("wb") as file:
            process = subprocess.Popen(command, stderr=file, stdout=file, env={**os.environ, **named})
        try:
            until = time.monotonic() + _START_S
            while (found := re.search(r"listens on (\S+)", log.read_text())) is None:
                if process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"emoar serve did not start: {log.read_text().strip()[-500:]}")
                time.sleep(0.1)
            yield Running(f"{found[1]}/v1/expressions", process.pid)
        finally:
            process.terminate()
            process.wait(timeout=40)


@contextmanager
def peer_server(peer: Peer, workers: int) -> Generator[Running | None]:
    """A peer behind FastAPI and uvicorn with so many processes; None where it cannot be installed.

    Raises:
        PeerError: it did not start.
    """
    python = peer.python()
    if python is None:
        yield None
        return
    port = _free_port()
    command = [str(python), "-m", "uvicorn", f"{peer.app}:app", "--port", str(port), "--no-access-log"]
    command += ["--workers", str(workers), "--log-level", "error", "--timeout-worker-healthcheck", "600"]
    with tempfile.TemporaryFile() as log:
        environment = {**os.environ, **peer.environment}
        process = subprocess.Popen(command, cwd=ROOT, stderr=log, stdout=log, env=environment)
        try:
            why = wait_for_peer(process, f"http://127.0.0.1:{port}/openapi.json")
            if why:
                log.seek(0)
                output = log.read().decode("utf-8", "replace").strip().splitlines()[-_TOLD_LINES:]
                raise PeerError("did not start", "\n  ".join([f"{why}; its output:", *(output or ["(nothing)"])]))
            yield Running(f"http://127.0.0.1:{port}/v1/expressions", process.pid)
        finally:
            _end(process)


def wait_for_peer(
    process: subprocess.Popen[bytes], url: str, cpu_s: float = _PEER_CPU_S, idle_s: float = _PEER_IDLE_S
) -> str:
    """Waits until the address answers; why it never will, or nothing.

    Args:
        process: the peer, which may start others.
        url: what answers once it has started.
        cpu_s: processor time that all its processes may take.
        idle_s: so long it may do nothing at all.
    """
    began = used = _started_cpu_s(process.pid)
    worked = time.monotonic()
    while process.poll() is None:
        with suppress(OSError), urllib.request.urlopen(url, timeout=2):
            return ""
        before, used = used, max(used, _started_cpu_s(process.pid))
        worked = time.monotonic() if used > before else worked
        if used - began > cpu_s:
            return f"did not answer within {cpu_s:g} s of processor time"
        if time.monotonic() - worked > idle_s:
            return f"did not answer, and did nothing for {idle_s:g} s"
        time.sleep(0.3)
    return f"ended with exit code {process.returncode}"


def _started_cpu_s(pid: int) -> float:
    """Processor time of a process, of its children, and of those children that have ended."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0.0
    return _cpu_s(pid, ended_children=True) + sum(_cpu_s(int(child), ended_children=True) for child in children)


def _cpu_s(pid: int, *, ended_children: bool) -> float:
    """Processor time of one process, 0 when it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11 : 15 if ended_children else 13])) / os.sysconf("SC_CLK_TCK")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _end(process: subprocess.Popen[bytes]) -> None:
    """uvicorn waits for its workers, which may be within a long picture: not for ever."""
    if process.poll() is not None:
        return
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        for pid in (*map(int, children), process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()
