"""The queue in front of the workers, and workers that are lost."""

from __future__ import annotations

import asyncio
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from server_process import URL, Start, eventually

from emoar.server.http.problems import Problem
from emoar.server.metrics import Metrics
from emoar.server.settings import Settings
from emoar.server.workers.messages import Message
from emoar.server.workers.pool import Pool
from emoar.server.workers.request import ImageRequest


class FakeWorker:
    """In the place of a process: records tasks, and answers them once the gate is open."""

    alive = True

    def __init__(self, gate: asyncio.Event, response: dict[str, Any]) -> None:
        self.gate, self.response, self.tasks, self.stops = gate, response, list[str](), 0

    async def start(self) -> None:
        self.alive = True

    async def stop(self) -> None:
        self.stops += 1

    async def run(self, header: dict[str, Any], body: bytes) -> Message:
        self.tasks.append(f"{header['do']} {body.decode()}")
        await self.gate.wait()
        return self.response, body


GOOD = {"media_type": "application/json", "faces": 1, "timings_ms": {}}


def with_fake(response: dict[str, Any], play: Any, **settings: Any) -> Any:
    """Runs `play(pool, worker)` with a pool of one fake worker."""

    async def run() -> Any:
        pool = Pool(Settings(workers=1, **settings), Metrics())
        worker = FakeWorker(asyncio.Event(), response)
        pool._slots[0].worker = worker  # type: ignore[assignment]
        await pool.start()
        try:
            return await play(pool, worker)
        finally:
            await pool.close()

    return asyncio.run(run())


def test_live_frames_come_before_pictures() -> None:
    async def play(pool: Pool, worker: FakeWorker) -> list[str]:
        stream = pool.open_stream(ImageRequest("live"))
        tasks = [asyncio.create_task(pool.image(name, ImageRequest())) for name in (b"1", b"2", b"3")]
        await asyncio.sleep(0)
        tasks.append(asyncio.create_task(stream.frame(b"live", 0.0, 0)))
        await asyncio.sleep(0)
        assert pool.pending == 4
        worker.gate.set()
        assert [response.body for response in await asyncio.gather(*tasks)] == [b"1", b"2", b"3", b"live"]
        stream.close()
        await asyncio.sleep(0.01)
        return worker.tasks

    tasks = with_fake(GOOD, play)
    assert sorted(tasks[:2]) in (["frame live", "image 1"], ["frame live"])
    assert tasks.index("frame live") < tasks.index("image 2")
    assert tasks[-1] == "close_stream "


def test_the_queue_is_bounded() -> None:
    async def play(pool: Pool, worker: FakeWorker) -> Problem:
        tasks = [asyncio.create_task(pool.image(b"1", ImageRequest())) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Problem) as caught:
            await pool.image(b"2", ImageRequest())
        worker.gate.set()
        await asyncio.gather(*tasks)
        pool.check_room()
        return caught.value

    problem = with_fake(GOOD, play, max_requests=2)
    assert (problem.status, problem.limit, problem.retry_after_s) == (503, "max_requests", 1)


@pytest.mark.parametrize(
    ("response", "status"),
    [
        ({"problem": {"status": 415, "kind": "not-a-picture", "detail": "no"}}, 415),
        ({"bug": "KeyError in a.py:1"}, 500),
    ],
)
def test_problems_and_bugs_of_a_worker(response: dict[str, Any], status: int) -> None:
    async def play(pool: Pool, worker: FakeWorker) -> None:
        worker.gate.set()
        await pool.image(b"1", ImageRequest())

    with pytest.raises(Problem) as caught:
        with_fake(response, play)
    assert caught.value.status == status


def test_a_hanging_worker_is_replaced() -> None:
    async def play(pool: Pool, worker: FakeWorker) -> tuple[Problem, int]:
        with pytest.raises(Problem) as caught:
            await pool.image(b"1", ImageRequest())
        while not worker.stops:
            await asyncio.sleep(0.01)
        worker.gate.set()
        assert (await pool.image(b"2", ImageRequest())).body == b"2"
        return caught.value, worker.stops

    problem, stops = with_fake(GOOD, play, request_s=0.05)
    assert (problem.limit, stops) in (("request_s", 1), (None, 1))


def test_a_full_queue_refuses_at_once_and_recovers(start: Start, jpeg: bytes) -> None:
    server = start(max_requests=2)

    def post(_: int) -> tuple[int, httpx.Headers]:
        with server.client() as http:
            response = http.post(URL, content=jpeg, params={"mode": "photo"})
            return response.status_code, response.headers

    with ThreadPoolExecutor(8) as threads:
        responses = list(threads.map(post, range(48)))
    assert {code for code, _ in responses} == {200, 503}
    assert all(headers["retry-after"] for code, headers in responses if code == 503)
    assert post(0)[0] == 200


def test_a_worker_that_dies_is_replaced(start: Start, jpeg: bytes) -> None:
    server = start(workers=2)
    with server.client() as http:
        assert http.post(URL, content=jpeg).status_code == 200
        old = server.children()
        for pid in old:
            os.kill(pid, signal.SIGKILL)
        codes: list[int] = []
        eventually(lambda: codes.append(http.post(URL, content=jpeg).status_code) or codes[-3:] == [200] * 3)
        assert set(codes) <= {200, 503}
        eventually(lambda: len(server.children()) == 2 and not set(old) & set(server.children()))
        assert "emoar_worker_crashes_total" in http.get("/metrics").text


def test_a_worker_that_hangs_is_replaced(start: Start, jpeg: bytes) -> None:
    server = start(request_s=3)
    with server.client() as http:

        def post() -> httpx.Response:
            return http.post(URL, content=jpeg)

        eventually(post, lambda response: response.status_code == 200)
        (pid,) = server.children()
        os.kill(pid, signal.SIGSTOP)
        response = post()
        assert response.status_code == 503
        assert response.json()["type"] in ("urn:emoar:problem:too-slow", "urn:emoar:problem:worker-lost")
        eventually(post, lambda response: response.status_code == 200)
        assert pid not in server.children()
