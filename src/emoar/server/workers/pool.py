"""The pool of workers and its bounded queue. Live frames have priority; a worker that crashes is replaced."""

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
from emoar.server.workers.request import ImageRequest, ImageResponse
from emoar.server.workers.worker_process import WorkerProcess

__all__ = ["Pool", "Stream"]

_LOG: Final = logging.getLogger("emoar.server")
_RESTART_S: Final = (0.0, 0.5, 2.0, 5.0)  # waits before each attempt; the last one repeats


@dataclass(eq=False)
class _Task:
    header: dict[str, Any]
    body: bytes
    result: asyncio.Future[Message]


@dataclass(eq=False)
class _Slot:
    """One worker with its own queue of frames; the worker's process is replaced after a crash."""

    worker: WorkerProcess
    frames: deque[_Task] = field(default_factory=deque[_Task])  # of the live sockets of this slot
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    streams: int = 0


class Pool:
    """`Settings.worker_count` workers. All methods run on the event loop, and none blocks it."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._settings, self._metrics = settings, metrics
        self._slots = [_Slot(WorkerProcess(settings)) for _ in range(settings.worker_count)]
        self._waiting: deque[_Task] = deque()
        self._pending = 0
        self._loops: list[asyncio.Task[None]] = []

    @property
    def ready(self) -> bool:
        """Whether at least one worker runs."""
        return any(slot.worker.alive for slot in self._slots)

    @property
    def pending(self) -> int:
        """Pictures at a worker or waiting for one."""
        return self._pending

    async def start(self) -> None:
        """Starts all workers.

        Raises:
            ModelError: the models cannot be loaded; the message has the reason.
        """
        try:
            await asyncio.gather(*(slot.worker.start() for slot in self._slots))
        except ModelError:
            await self.close()
            raise
        self._loops = [asyncio.create_task(self._serve(slot)) for slot in self._slots]

    async def close(self) -> None:
        """Stops the workers; tasks that have not been processed get no result."""
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        await asyncio.gather(*(slot.worker.stop() for slot in self._slots))

    def check_room(self) -> None:
        """Checks that one more picture can be queued.

        Raises:
            Problem: the queue is full.
        """
        limit = self._settings.max_requests
        if self._pending >= limit:
            self._metrics.refused.labels("max_requests").inc()
            detail = "all workers are busy and the queue is full: try again in a moment"
            raise Problem(503, "busy", detail, "max_requests", limit, retry_after_s=1)

    async def image(self, data: bytes, request: ImageRequest) -> ImageResponse:
        """Processes one picture at any worker.

        Raises:
            Problem: the picture is not usable, the queue is full, or no response arrives within `request_s`.
        """
        self.check_room()
        return await self._run({"do": "image", "request": asdict(request)}, data, None)

    def open_stream(self, request: ImageRequest) -> Stream:
        """Opens the stream of a live socket at the worker with the fewest streams."""
        slot = min(self._slots, key=lambda s: s.streams)
        slot.streams += 1
        return Stream(self, slot, request)

    async def run_frame(self, slot: _Slot, header: dict[str, Any], data: bytes) -> ImageResponse:
        """Processes one frame at the worker of its live socket.

        Raises:
            Problem: the frame is not usable, or no response arrives within `request_s`.
        """
        return await self._run(header, data, slot)

    def close_stream(self, slot: _Slot, stream: str) -> None:
        """Makes the worker drop the tracker of a live socket."""
        slot.streams -= 1
        header = {"do": "close_stream", "stream": stream}
        self._submit(_Task(header, b"", asyncio.get_running_loop().create_future()), slot)

    async def _run(self, header: dict[str, Any], data: bytes, slot: _Slot | None) -> ImageResponse:
        task = _Task(header, data, asyncio.get_running_loop().create_future())
        self._pending += 1
        self._metrics.queue.set(self._pending)
        try:
            self._submit(task, slot)
            async with asyncio.timeout(self._settings.request_s):
                return _response(*await task.result)
        except TimeoutError:
            limit = self._settings.request_s
            detail = f"no response within {limit:g} s: send a smaller picture, or try again"
            raise Problem(503, "too-slow", detail, "request_s", limit, retry_after_s=2) from None
        finally:
            self._pending -= 1
            self._metrics.queue.set(self._pending)

    def _submit(self, task: _Task, slot: _Slot | None) -> None:
        if slot is not None:
            slot.frames.append(task)
            slot.wake.set()
            return
        self._waiting.append(task)
        for each in self._slots:
            if not each.wake.is_set():
                each.wake.set()
                return

    def _next(self, slot: _Slot) -> _Task | None:
        for queue in (slot.frames, self._waiting):
            while queue:
                task = queue.popleft()
                if not task.result.done():  # it is done when the request has timed out or was cancelled
                    return task
        return None

    async def _serve(self, slot: _Slot) -> None:
        while True:
            if not slot.worker.alive:
                await self._restart(slot)
            task = self._next(slot)
            if task is None:
                slot.wake.clear()
                await slot.wake.wait()
                continue
            await self._work(slot.worker, task)

    async def _work(self, worker: WorkerProcess, task: _Task) -> None:
        try:
            async with asyncio.timeout(self._settings.request_s):
                message = await worker.run(task.header, task.body)
        except TimeoutError:  # the worker hangs, for example in a decoder
            await self._lose(worker, task, "a worker took too long over one picture and was replaced")
        except (asyncio.IncompleteReadError, ConnectionError, OSError):
            await self._lose(worker, task, "a worker ended over one picture and was replaced")
        else:
            if not task.result.done():
                task.result.set_result(message)

    async def _lose(self, worker: WorkerProcess, task: _Task, event: str) -> None:
        _LOG.error(event)
        self._metrics.crashes.inc()
        if not task.result.done():
            detail = "the picture could not be processed: try again, or save it in another format"
            task.result.set_exception(Problem(503, "worker-lost", detail, retry_after_s=1))
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


class Stream:
    """The frames of one live socket, all processed by the same worker."""

    def __init__(self, pool: Pool, slot: _Slot, request: ImageRequest) -> None:
        self._pool, self._slot, self._request = pool, slot, asdict(request)
        self._id = secrets.token_hex(8)

    async def frame(self, data: bytes, time_s: float, index: int) -> ImageResponse:
        """Processes one frame; await its result before the next one is sent.

        `time_s` is in seconds since the socket was opened; `index` counts its frames from 0.

        Raises:
            Problem: the frame is not usable, or no response arrives within `request_s`.
        """
        header = {"do": "frame", "request": self._request, "stream": self._id, "time_s": time_s, "index": index}
        return await self._pool.run_frame(self._slot, header, data)

    def close(self) -> None:
        """Drops the tracker at the worker."""
        self._pool.close_stream(self._slot, self._id)


def _response(header: dict[str, Any], body: bytes) -> ImageResponse:
    if "problem" in header:
        raise Problem(**header["problem"])
    if "bug" in header:
        _LOG.error("a worker met a bug: %s", header["bug"])
        raise Problem(500, "bug", "this is a bug of the server; it is in its log")
    return ImageResponse(body, header["media_type"], header["faces"], header["timings_ms"])
