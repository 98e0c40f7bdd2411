"""`emoar serve --engine ray`: two replicas on one machine."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

pytest.importorskip("ray.serve", reason="the engine is an extra: pip install 'emoar[ray]'")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("ray") / "log.txt"
    variables = {**os.environ, "EMOAR_WORKERS": "2", "EMOAR_REPLICAS": "2", "RAY_USAGE_STATS_ENABLED": "0"}
    variables["RAY_raylet_start_wait_time_s"] = "120"  # on a busy machine
    command = [sys.executable, "-m", "emoar", "serve", "--engine", "ray", "--port", str(port)]
    with log.open("wb") as file:
        process = subprocess.Popen(command, env=variables, stdout=file, stderr=file)
    until = time.monotonic() + 240
    while "listens on" not in log.read_text():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.5)
    yield f"http://127.0.0.1:{port}"
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 0


def workers() -> int:
    """Worker processes on this machine that belong to a replica."""
    count = 0
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes()
            parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
            count += (
                b"emoar.server.workers.worker" in command and b"ray::" in Path(f"/proc/{parent}/cmdline").read_bytes()
            )
        except OSError:
            continue
    return count


def test_two_replicas_answer(address: str, jpeg: bytes) -> None:
    def ask(_: int) -> tuple[int, int]:
        answer = httpx.post(f"{address}/v1/expressions", content=jpeg, timeout=60)
        return answer.status_code, len(answer.json()["faces"])

    assert workers() == 2
    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(ask, range(24))) == {(200, 1)}


def test_its_limits_and_pages_are_those_of_the_server(address: str) -> None:
    bad = httpx.post(f"{address}/v1/expressions", content=b"text", timeout=60)
    assert (bad.status_code, bad.headers["content-type"]) == (415, "application/problem+json")
    assert httpx.get(f"{address}/readyz", timeout=60).json() == {"status": "ready"}
    assert "EmoAR" in httpx.get(address, timeout=60).text
    assert httpx.post(f"{address}/v1/videos", content=b"x", timeout=60).status_code == 503


def test_the_live_socket_works_through_the_proxy(address: str, jpeg: bytes) -> None:
    import json

    from websockets.sync.client import connect

    with connect(address.replace("http", "ws", 1) + "/v1/live") as connection:
        connection.send(jpeg)
        assert len(json.loads(connection.recv(timeout=30))["faces"]) == 1
