"""The workers and the queue in front of them: bounded, live frames first, and whole again after a crash."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections import deque
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from emoar.errors import ModelError
from emoar.server.http.problems import Problem
from emoar.server.metrics import Metrics
from emoar.server.settings import Settings
from emoar.server.workers.messages import Message
from emoar.server.workers.request import ImageRequest
from emoar.server.workers.worker_process import WorkerProcess

__all__ = ["Pool", "Reply", "Stream"]

_LOG: Final = logging.getLogger("emoar.server")
_RESTART_S: Final = (0.0, 0.5, 2.0, 5.0)  # waits between tries; the last one for good


@dataclass(frozen=True)
class Reply:
    """A worker's answer to one picture."""

    body: bytes
    media_type: str
    faces: int
    timings_ms: dict[str, float]


@dataclass(eq=False)
class _Job:
    header: dict[str, Any]
    body: bytes
    answer: asyncio.Future[Message]


@dataclass(eq=False)
class _Slot:
    """A place for a worker; the worker in it may be another one after a crash."""

    worker: WorkerProcess
    frames: deque[_Job] = field(default_factory=deque[_Job])  # of live sockets that belong here
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    streams: int = 0


class Pool:
    """As many workers as cores. Everything runs on the event loop; nothing blocks it."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._settings, self._metrics = settings, metrics
        self._slots = [_Slot(WorkerProcess(settings)) for _ in range(settings.worker_count)]
        self._waiting: deque[_Job] = deque()
        self._pending = 0
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def ready(self) -> bool:
        """Whether at least one worker can take a picture."""
        return any(slot.worker.alive for slot in self._slots)

    @property
    def pending(self) -> int:
        """Pictures that a worker has or that wait for one."""
        return self._pending

    async def start(self) -> None:
        """Starts all workers.

        Raises:
            ModelError: the models cannot be loaded; the message says why.
        """
        try:
            await asyncio.gather(*(slot.worker.start() for slot in self._slots))
        except ModelError:
            await self.close()
            raise
        self._tasks = [asyncio.create_task(self._serve(slot)) for slot in self._slots]

    async def close(self) -> None:
        """Ends the workers."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(slot.worker.stop() for slot in self._slots))

    def check_room(self) -> None:
        """Raises `Problem` when no further picture may wait."""
        limit = self._settings.max_requests
        if self._pending >= limit:
            self._metrics.refused.labels("max_requests").inc()
            detail = "all workers are busy and the queue is full: try again in a moment"
            raise Problem(503, "busy", detail, "max_requests", limit, retry_after_s=1)

    async def still(self, data: bytes, look: ImageRequest) -> Reply:
        """Any worker looks at one picture.

        Raises:
            Problem: the picture is not usable, or there is no room or time.
        """
        self.check_room()
        return await self._ask({"do": "still", "look": asdict(look)}, data, None)

    def open_stream(self, look: ImageRequest) -> Stream:
        """A live socket's place at the worker that has the fewest."""
        slot = min(self._slots, key=lambda s: s.streams)
        slot.streams += 1
        return Stream(self, slot, look)

    async def _ask(self, header: dict[str, Any], data: bytes, slot: _Slot | None) -> Reply:
        job = _Job(header, data, asyncio.get_running_loop().create_future())
        self._pending += 1
        self._metrics.queue.set(self._pending)
        try:
            self._submit(job, slot)
            async with asyncio.timeout(self._settings.request_s):
                return _reply(*await job.answer)
        except TimeoutError:
            limit = self._settings.request_s
            detail = f"no answer within {limit:g} s: send a smaller picture, or try again"
            raise Problem(503, "too-slow", detail, "request_s", limit, retry_after_s=2) from None
        finally:
            self._pending -= 1
            self._metrics.queue.set(self._pending)

    def _submit(self, job: _Job, slot: _Slot | None) -> None:
        if slot is not None:
            slot.frames.append(job)
            slot.wake.set()
            return
        self._waiting.append(job)
        for each in self._slots:
            if not each.wake.is_set():
                each.wake.set()
                return

    def _next(self, slot: _Slot) -> _Job | None:
        for queue in (slot.frames, self._waiting):
            while queue:
                job = queue.popleft()
                if not job.answer.done():  # else nobody waits for it any more
                    return job
        return None

    async def _serve(self, slot: _Slot) -> None:
        while True:
            if not slot.worker.alive:
                await self._restart(slot)
            job = self._next(slot)
            if job is None:
                slot.wake.clear()
                await slot.wake.wait()
                continue
            await self._do(slot.worker, job)

    async def _do(self, worker: WorkerProcess, job: _Job) -> None:
        try:
            async with asyncio.timeout(self._settings.request_s):
                message = await worker.ask(job.header, job.body)
        except TimeoutError:  # it hangs in a decoder, perhaps for ever
            await self._lose(worker, job, "a worker took too long over one picture and was replaced")
        except (asyncio.IncompleteReadError, ConnectionError, OSError):
            await self._lose(worker, job, "a worker ended over one picture and was replaced")
        else:
            if not job.answer.done():
                job.answer.set_result(message)

    async def _lose(self, worker: WorkerProcess, job: _Job, what: str) -> None:
        _LOG.error(what)
        self._metrics.crashes.inc()
        if not job.answer.done():
            detail = "the picture could not be looked at: try again, or save it in another format"
            job.answer.set_exception(Problem(503, "worker-lost", detail, retry_after_s=1))
        await worker.stop()

    async def _restart(self, slot: _Slot) -> None:
        for attempt in range(1_000_000):
            await asyncio.sleep(_RESTART_S[min(attempt, len(_RESTART_S) - 1)])
            try:
                started = time.perf_counter()
                await slot.worker.start()
            except (ModelError, OSError) as exc:
                _LOG.error("a worker cannot be started: %s", exc)
            else:
                _LOG.info("a worker was started in %.1f s", time.perf_counter() - started)
                return

    def forget(self, slot: _Slot, stream: str) -> None:
        """A live socket has gone."""
        slot.streams -= 1
        job = _Job({"do": "end", "stream": stream}, b"", asyncio.get_running_loop().create_future())
        self._submit(job, slot)

    async def ask_slot(self, slot: _Slot, header: dict[str, Any], data: bytes) -> Reply:
        """The worker of a live socket looks at a frame."""
        return await self._ask(header, data, slot)


class Stream:
    """A live socket as its worker knows it."""

    def __init__(self, pool: Pool, slot: _Slot, look: ImageRequest) -> None:
        self._pool, self._slot, self._look = pool, slot, asdict(look)
        self._id = secrets.token_hex(8)

    async def frame(self, data: bytes, time_s: float, index: int) -> Reply:
        """One frame; they must be asked one after another.

        Raises:
            Problem: the frame is not usable, or took too long.
        """
        header = {"do": "frame", "look": self._look, "stream": self._id, "time_s": time_s, "index": index}
        return await self._pool.ask_slot(self._slot, header, data)

    def close(self) -> None:
        """The worker forgets the faces."""
        self._pool.forget(self._slot, self._id)


def _reply(header: dict[str, Any], body: bytes) -> Reply:
    if "problem" in header:
        raise Problem(**header["problem"])
    if "bug" in header:
        _LOG.error("a worker met a bug: %s", header["bug"])
        raise Problem(500, "bug", "this is a bug of the server; it is in its log")
    return Reply(body, header["media_type"], header["faces"], header["timings_ms"])
