"""Servers as processes of a benchmark: EmoAR's, and `fer` behind FastAPI."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks._environments import ROOT, fer_python

__all__ = ["Running", "emoar_server", "fer_server"]

_START_S: Final = 240
_FER_PORT: Final = 18_431


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

    def cpu_s(self) -> float:
        """Processor time of all of them so far."""
        ticks = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13] for pid in self.pids()]
        return sum(int(user) + int(system) for user, system in ticks) / os.sysconf("SC_CLK_TCK")


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
def fer_server(workers: int, detector: str) -> Generator[Running | None]:
    """`fer` behind FastAPI and uvicorn with as many processes; None where it cannot be installed.

    Args:
        workers: processes.
        detector: `cascade` or `mtcnn`.
    """
    python = fer_python()
    if python is None:
        yield None
        return
    command = [python, "-m", "uvicorn", "benchmarks._fer_app:app", "--port", str(_FER_PORT), "--no-access-log"]
    environment = {**os.environ, "FER_DETECTOR": detector}
    command += ["--workers", str(workers), "--log-level", "error", "--timeout-worker-healthcheck", "120"]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=environment)
    try:
        _wait(f"http://127.0.0.1:{_FER_PORT}/openapi.json")
        yield Running(f"http://127.0.0.1:{_FER_PORT}/v1/expressions", process.pid)
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """uvicorn waits for its workers, which may be within a long picture: not for ever."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        for pid in (*map(int, children), process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()


def _wait(url: str) -> None:
    until = time.monotonic() + _START_S
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.3)
    raise RuntimeError("fer's server did not start; remove .envs/fer and run again")
