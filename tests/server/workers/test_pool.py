"""The queue in front of the workers, and workers that are lost."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from server_process import URL, Start, eventually

from emoar.server.http.problems import Problem
from emoar.server.metrics import Metrics
from emoar.server.settings import Settings
from emoar.server.workers.messages import Message
from emoar.server.workers.pool import Pool, Stream
from emoar.server.workers.request import ImageRequest


class FakeWorker:
    """In the place of a process: records tasks, and answers them once the gate is open."""

    missing_walls = ()

    def __init__(self, gate: asyncio.Event, response: dict[str, Any]) -> None:
        self.gate, self.response, self.tasks, self.starts, self.stops = gate, response, list[str](), 0, 0
        self.end = asyncio.Event()
        self.mute = False  # it runs and does not answer, as a stopped process

    @property
    def alive(self) -> bool:
        return not self.end.is_set()

    async def start(self) -> None:
        self.starts, self.mute = self.starts + 1, False
        self.end.clear()

    async def stop(self) -> None:
        self.stops += 1
        self.end.set()

    async def ended(self) -> None:
        await self.end.wait()

    async def run(self, header: dict[str, Any], body: bytes) -> Message:
        self.tasks.append(f"{header['do']} {body.decode()}".strip())
        if self.mute:
            await asyncio.Event().wait()
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


async def until(probe: Callable[[], object]) -> None:
    """Lets the pool go on until something is so; the test's own time limit is that of pytest's runner."""
    while not probe():
        await asyncio.sleep(0.001)


def started(*calls: Coroutine[Any, Any, Any]) -> list[asyncio.Task[Any]]:
    return [asyncio.create_task(call) for call in calls]


def test_a_frame_does_not_wait_for_all_pictures() -> None:
    async def play(pool: Pool, worker: FakeWorker) -> list[str]:
        stream = pool.open_stream(ImageRequest("live"))
        tasks = started(*(pool.image(name, ImageRequest()) for name in (b"1", b"2", b"3")))
        await until(lambda: worker.tasks)
        tasks += started(stream.frame(b"live", 0.0, 0))
        await until(lambda: pool.pending == 4)
        worker.gate.set()
        assert [response.body for response in await asyncio.gather(*tasks)] == [b"1", b"2", b"3", b"live"]
        stream.close()
        await until(lambda: len(worker.tasks) == 5)
        return worker.tasks

    assert with_fake(GOOD, play) == ["image 1", "frame live", "image 2", "image 3", "close_stream"]


def test_a_picture_does_not_wait_for_the_frames_of_busy_sockets() -> None:
    """Each of 16 sockets has its next frame ready as soon as the last one is answered."""

    async def play(pool: Pool, worker: FakeWorker) -> list[str]:
        async def flood(stream: Stream) -> None:
            for index in range(20):
                await stream.frame(b"frame", 0.0, index)

        sockets = started(*(flood(pool.open_stream(ImageRequest("live"))) for _ in range(16)))
        await until(lambda: pool.pending == 16)
        stills = started(*(pool.image(b"still", ImageRequest()) for _ in range(3)))
        await until(lambda: pool.pending == 19)
        worker.gate.set()
        await asyncio.gather(*sockets, *stills)
        return worker.tasks

    tasks = with_fake(GOOD, play)
    places = [place for place, task in enumerate(tasks) if task == "image still"]
    assert places[0] <= 17
    assert places[2] <= 3 * 17 + 1
    assert tasks.count("frame frame") == 16 * 20


def test_a_client_with_many_costly_pictures_does_not_keep_another_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emoar.server.workers.pool.megapixels", lambda data: 40.0 if data == b"large" else 0.4)

    async def play(pool: Pool, worker: FakeWorker) -> list[str]:
        tasks = started(*(pool.image(b"large", ImageRequest(), ("greedy",)) for _ in range(6)))
        await until(lambda: worker.tasks)
        tasks += started(*(pool.image(b"small", ImageRequest(), ("honest",)) for _ in range(8)))
        await until(lambda: pool.pending == 14)
        worker.gate.set()
        await asyncio.gather(*tasks)
        return worker.tasks

    assert with_fake(GOOD, play) == ["image large", *8 * ["image small"], *5 * ["image large"]]


@pytest.mark.parametrize(("clients", "places"), [(("one",), 4), (("one", "two"), 8)])
def test_a_public_server_keeps_room_for_other_clients(clients: tuple[str, ...], places: int) -> None:
    async def play(pool: Pool, worker: FakeWorker) -> list[Any]:
        tasks = started(*(pool.image(b"1", ImageRequest(), (client,)) for client in clients for _ in range(8)))
        await until(lambda: sum(task.done() for task in tasks) == len(tasks) - places)
        worker.gate.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    results = with_fake(GOOD, play, max_requests=8, public=True, force=True, megapixels_per_s=0)
    refused = [result for result in results if isinstance(result, Problem)]
    assert len(results) - len(refused) == places
    assert {problem.limit for problem in refused} <= {"max_requests_per_address", "max_requests"}


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

    problem, stops = with_fake(GOOD, play, picture_s=0.05)
    assert (problem.limit, problem.retry_after_s, stops) == ("picture_s", None, 1)


def test_an_idle_worker_that_ends_is_replaced_at_once() -> None:
    async def play(pool: Pool, worker: FakeWorker) -> int:
        await until(lambda: worker.starts == 1)
        worker.end.set()
        await until(lambda: worker.starts == 2)
        assert pool.ready
        return worker.starts

    assert with_fake(GOOD, play) == 2


def test_an_idle_worker_that_does_not_answer_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emoar.server.workers.pool._CHECK_S", 0.01)

    async def play(pool: Pool, worker: FakeWorker) -> list[str]:
        worker.gate.set()
        worker.mute = True
        await until(lambda: worker.starts == 2)
        assert (await pool.image(b"1", ImageRequest())).body == b"1"
        return worker.tasks

    assert with_fake(GOOD, play, picture_s=0.05)[0] == "nothing"


def test_idle_workers_that_are_killed_are_replaced_without_a_request(start: Start) -> None:
    server = start(workers=2)
    with server.client() as http:
        old = server.children()
        for pid in old:
            os.kill(pid, signal.SIGKILL)
        eventually(lambda: len(server.children()) == 2 and not set(old) & set(server.children()))
        eventually(lambda: http.get("/readyz").status_code, lambda status: status == 200)
        assert http.post(URL, content=b"no picture").status_code == 415
    assert "a worker ended while it was idle and is replaced" in server.log.read_text()


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGBUS, signal.SIGTERM, signal.SIGSTOP])
def test_an_idle_worker_is_replaced_however_it_ends(start: Start, number: signal.Signals) -> None:
    server = start()
    (old,) = server.children()
    os.kill(old, number)
    eventually(lambda: server.children() and old not in server.children())
    with server.client() as http:
        eventually(lambda: http.get("/readyz").status_code, lambda status: status == 200)


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
