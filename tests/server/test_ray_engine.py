"""`emoar serve --engine ray`: two replicas on one machine."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from server_process import PATIENCE_S, URL, eventually
from websockets.sync.client import connect

from emoar.errors import InputError
from emoar.server.ray_engine import serve_with_ray
from emoar.server.settings import Settings

pytest.importorskip("ray.serve", reason="the engine is an extra: pip install 'emoar[ray]'")


@dataclass(frozen=True)
class Cluster:
    """A running engine."""

    url: str
    pid: int


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("ray") / "log.txt"
    variables = {**os.environ, "EMOAR_WORKERS": "2", "EMOAR_REPLICAS": "2", "RAY_USAGE_STATS_ENABLED": "0"}
    variables["RAY_raylet_start_wait_time_s"] = f"{PATIENCE_S:g}"  # on a busy machine
    command = [sys.executable, "-m", "emoar", "serve", "--engine", "ray", "--port", str(port)]
    with log.open("wb") as file:
        process = subprocess.Popen(command, env=variables, stdout=file, stderr=file)

    def listens() -> bool:
        assert process.poll() is None, log.read_text()
        return "listens on" in log.read_text()

    eventually(listens)
    yield Cluster(f"http://127.0.0.1:{port}", process.pid)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=PATIENCE_S) == 0


def workers(cluster: Cluster) -> int:
    """The worker processes of its replicas."""
    parents: dict[int, int] = {}
    commands: dict[int, bytes] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            commands[int(entry.name)] = (entry / "cmdline").read_bytes()
        except OSError:  # it has ended meanwhile
            continue

    def belongs(pid: int) -> bool:
        while pid > 1 and pid != cluster.pid:
            pid = parents.get(pid, 0)
        return pid == cluster.pid

    return sum(b"emoar.server.workers.worker" in commands[pid] and belongs(pid) for pid in commands)


def test_two_replicas_respond(cluster: Cluster, jpeg: bytes) -> None:
    def post(_: int) -> tuple[int, int]:
        response = httpx.post(cluster.url + URL, content=jpeg, timeout=PATIENCE_S)
        return response.status_code, len(response.json()["faces"])

    eventually(lambda: workers(cluster), lambda count: count == 2)
    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(post, range(24))) == {(200, 1)}


def test_its_limits_and_pages_are_those_of_the_server(cluster: Cluster) -> None:
    with httpx.Client(base_url=cluster.url, timeout=PATIENCE_S) as http:
        bad = http.post(URL, content=b"text")
        assert (bad.status_code, bad.headers["content-type"]) == (415, "application/problem+json")
        assert http.get("/readyz").json() == {"status": "ready"}
        assert "EmoAR" in http.get("/").text
        assert http.post("/v1/videos", content=b"x").status_code == 503


def test_the_live_socket_works_through_the_proxy(cluster: Cluster, jpeg: bytes) -> None:
    with connect(cluster.url.replace("http", "ws", 1) + "/v1/live", open_timeout=PATIENCE_S) as connection:
        connection.send(jpeg)
        assert len(json.loads(connection.recv(timeout=PATIENCE_S))["faces"]) == 1


def test_it_has_no_tls(tmp_path: Path) -> None:
    pem = tmp_path / "pem"
    pem.write_text("")
    with pytest.raises(InputError, match="put a proxy with TLS in front"):
        serve_with_ray(Settings(engine="ray", tls_certificate=pem, tls_key=pem))
