"""Honest clients beside hostile ones: they are answered, whatever the others do."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from benchmarks._hostile_clients import KINDS
from benchmarks._load import Load, closed_loop
from server_process import PATIENCE_S, URL, Start, eventually
from websockets.sync.client import connect

ROOT = Path(__file__).parents[2]


def test_pictures_and_frames_flow_while_16_sockets_send_at_full_speed(start: Start, jpeg: bytes) -> None:
    server = start(workers=2, request_s=PATIENCE_S, picture_s=PATIENCE_S)
    answered = [0] * 16
    stop = threading.Event()

    def flood(number: int) -> None:
        with connect(
            server.url.replace("http", "ws") + "/v1/live", compression=None, open_timeout=PATIENCE_S
        ) as socket:
            socket.send(jpeg)
            while not stop.is_set():
                socket.send(jpeg)  # a frame ahead, so that each answer finds the next frame waiting
                assert json.loads(socket.recv(PATIENCE_S))["faces"]
                answered[number] += 1

    threads = [threading.Thread(target=flood, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    with server.client() as http:
        eventually(lambda: min(answered) >= 2)
        before = list(answered)
        for _ in range(5):
            assert http.post(URL, content=jpeg).status_code == 200
        eventually(lambda: all(count > earlier for count, earlier in zip(answered, before, strict=True)))
    stop.set()
    for thread in threads:
        thread.join(PATIENCE_S)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have one address of the loopback")
def test_no_honest_request_is_lost(start: Start, jpeg: bytes) -> None:
    server = start("--public", "--force", host="127.0.0.1", request_s=PATIENCE_S, picture_s=PATIENCE_S, stall_s=2)
    place = server.url.removeprefix("http://")
    command = [sys.executable, "-m", "benchmarks._hostile_clients", place, "8"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as attackers:

        async def honest() -> list[Load]:
            addresses = [f"127.0.1.{number}" for number in range(1, 4)]
            return await asyncio.gather(*(closed_loop(server.url + URL, jpeg, 1, 8, 0.2, each) for each in addresses))

        loads = asyncio.run(honest())
        printed, _ = attackers.communicate(timeout=PATIENCE_S)
    assert set(json.loads(printed)) == set(KINDS)
    assert all(set(load.times_ms) == {200} for load in loads), [load.times_ms.keys() for load in loads]
    with server.client() as http:
        assert http.get("/readyz").status_code == 200
    assert "Traceback" not in server.log.read_text()
    assert server.stop() == 0
