"""A real server process on the loopback, its fixtures, connections to it, and pictures to send."""

from __future__ import annotations

import os
import re
import signal
import socket
import ssl
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
    ca_file: Path | None = None  # of its certificate

    @property
    def tls(self) -> ssl.SSLContext | None:
        return ssl.create_default_context(cafile=self.ca_file) if self.ca_file is not None else None

    def client(self, **options: Any) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=PATIENCE_S, verify=self.tls or True, **options)

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


def start_server(folder: Path, *arguments: str, tls: bool = False, python_path: str = "", **settings: object) -> Server:
    """Starts `emoar serve` with warnings as errors and waits until it listens. `tls`: with a new certificate."""
    log = folder / "log.txt"
    ca_file = write_certificate(folder) if tls else None
    if tls:
        settings = {"tls_certificate": folder / "cert.pem", "tls_key": folder / "key.pem", **settings}
    keys = folder / "keys.json"
    defaults = {"workers": 1, "job_folder": folder / "jobs", "keys_file": keys}
    named = {f"EMOAR_{name.upper()}": str(value) for name, value in (defaults | settings).items()}
    command = [sys.executable, "-W", "error", "-m", "emoar", "serve", "--port", "0", *arguments]
    if python_path:
        named["PYTHONPATH"] = os.pathsep.join([python_path, os.environ.get("PYTHONPATH", "")])
    with log.open("wb") as file:
        process = subprocess.Popen(command, env={**os.environ, **named}, stderr=file, stdout=file)
    url = _wait(process, log)
    return Server(process, url, log, ca_file)


def write_certificate(folder: Path) -> Path:
    """Writes a certificate (cert.pem, key.pem) for this machine; gives the file of its authority."""
    import trustme

    authority = trustme.CA()
    certificate = authority.issue_cert("localhost", "127.0.0.1", "::1")
    (folder / "cert.pem").write_bytes(b"".join(pem.bytes() for pem in certificate.cert_chain_pems))
    certificate.private_key_pem.write_to_path(str(folder / "key.pem"))
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    return folder / "ca.pem"


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
    """A bare TCP connection to the server."""
    host, port = server.url.partition("://")[2].split(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE_S)


def received(connection: socket.socket) -> bytes:
    """Everything until the server closes the connection."""
    data = b""
    try:
        while part := connection.recv(65_536):
            data += part
    except ConnectionResetError:
        pass
    return data


def answer_to(server: Server, request: bytes) -> bytes:
    """Everything that the server sends after these bytes, until it closes the connection."""
    with connected(server) as connection:
        connection.sendall(request)
        return received(connection)


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
