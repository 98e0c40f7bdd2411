"""A real server process on the loopback, its fixtures, connections to it, and pictures to send."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray
from pictures import encoded, pasted

URL = "/v1/expressions"
PATIENCE_S = 120.0  # until something that must happen counts as missing, on a machine however busy


@dataclass
class Server:
    """A running server, which logs to a file."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def client(self, **options: Any) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=PATIENCE_S, **options)

    def children(self) -> list[int]:
        """Process ids of its workers."""
        tasks = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in tasks.split()]

    def stop(self) -> int:
        """Ends it as a service manager does; gives its exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=PATIENCE_S)
        finally:
            self.process.kill()


def start_server(folder: Path, *arguments: str, **settings: object) -> Server:
    """Starts `emoar serve` with warnings as errors and waits until it listens."""
    log = folder / "log.txt"
    keys = folder / "keys.json"
    defaults = {"workers": 1, "job_folder": folder / "jobs", "keys_file": keys}
    named = {f"EMOAR_{name.upper()}": str(value) for name, value in (defaults | settings).items()}
    command = [sys.executable, "-W", "error", "-m", "emoar", "serve", "--port", "0", *arguments]
    with log.open("wb") as file:
        process = subprocess.Popen(command, env={**os.environ, **named}, stderr=file, stdout=file)
    url = _wait(process, log)
    return Server(process, url, log)


def _wait(process: subprocess.Popen[bytes], log: Path) -> str:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        found = re.search(r"listens on (\S+)", log.read_text())
        if found:
            return found[1]
        if process.poll() is not None:
            break
        time.sleep(0.05)
    process.kill()
    raise RuntimeError(f"the server did not start: {log.read_text()}")


Start = Callable[..., Server]
T = TypeVar("T")


def eventually(probe: Callable[[], T], expected: Callable[[T], bool] = bool) -> T:
    """Repeats a probe until its result is as expected; gives that result."""
    until = time.monotonic() + PATIENCE_S
    while not expected(result := probe()):
        assert time.monotonic() < until, f"still {result!r}"
        time.sleep(0.02)
    return result


def connected(server: Server) -> socket.socket:
    """A bare connection to the server."""
    host, port = server.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE_S)


@contextmanager
def connections(server: Server, count: int) -> Iterator[list[socket.socket]]:
    """Several bare connections."""
    with ExitStack() as stack:
        yield [stack.enter_context(connected(server)) for _ in range(count)]


def post_head(length: int) -> bytes:
    """The header of a request with a picture of so many bytes."""
    lines = (f"POST {URL} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: image/jpeg", f"Content-Length: {length}")
    return "\r\n".join([*lines, "", ""]).encode()


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Starts servers that end with the module."""
    running: list[Server] = []

    def begin(*arguments: str, **settings: object) -> Server:
        server = start_server(tmp_path_factory.mktemp("server"), *arguments, **settings)
        running.append(server)
        return server

    yield begin
    for server in running:
        server.process.kill()
        server.process.wait()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server with the usual settings, for all tests that leave it as it is."""
    server = start_server(tmp_path_factory.mktemp("server"))
    yield server
    assert server.process.poll() is None, server.log.read_text()
    assert server.stop() == 0
    assert "Traceback" not in server.log.read_text()


@pytest.fixture
def http(server: Server) -> Iterator[httpx.Client]:
    """A client of the common server, with keep-alive."""
    with server.client() as client:
        yield client


@pytest.fixture(scope="session")
def face(astronaut: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(480, 640, 3) RGB with one smiling face."""
    return pasted(astronaut[:480], 64, 0, 640, 480)


@pytest.fixture(scope="session")
def jpeg(face: NDArray[np.uint8]) -> bytes:
    """The same as a JPEG."""
    return encoded(face)
