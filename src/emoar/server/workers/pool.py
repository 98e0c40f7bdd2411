"""The pool of workers and its bounded, fair queue. A worker that ends or no longer answers is replaced."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from emoar.errors import ModelError
from emoar.server.fair_queue import FairQueue
from emoar.server.http.problems import Problem
from emoar.server.metrics import Metrics
from emoar.server.settings import Settings
from emoar.server.workers.cost import megapixels
from emoar.server.workers.messages import Message
from emoar.server.workers.request import ImageRequest, ImageResponse
from emoar.server.workers.room import Room
from emoar.server.workers.worker_process import WorkerProcess

__all__ = ["Pool", "Stream"]

_LOG: Final = logging.getLogger("emoar.server")
_RESTART_S: Final = (0.0, 0.5, 2.0, 5.0)  # waits before each attempt; the last one repeats
_CHECK_S: Final = 5.0  # an idle worker must answer in such intervals
_STILLS: Final = "stills"  # name of the stream of a client's single pictures


@dataclass(eq=False)
class _Task:
    header: dict[str, Any]
    body: bytes
    result: asyncio.Future[Message]
    slot: _Slot | None = None  # None: any worker


@dataclass(eq=False)
class _Slot:
    """The place of one worker, whose process is replaced when it ends."""

    worker: WorkerProcess
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    streams: int = 0
    watch: asyncio.Task[None] | None = None  # for the end of the process: nobody else sees that of an idle one


class Pool:
    """`Settings.worker_count` workers. All methods run on the event loop, and none blocks it."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._settings, self._metrics = settings, metrics
        self._slots = [_Slot(WorkerProcess(settings)) for _ in range(settings.worker_count)]
        self._queue = FairQueue[_Task]()
        self._room = Room(settings, metrics)
        self._loops: list[asyncio.Task[None]] = []

    @property
    def ready(self) -> bool:
        """Whether at least one worker runs."""
        return any(slot.worker.alive for slot in self._slots)

    @property
    def pending(self) -> int:
        """Pictures at a worker or waiting for one."""
        return self._room.pending

    async def start(self) -> None:
        """Starts all workers.

        Raises:
            ModelError: the models cannot be loaded; the message has the reason.
        """
        try:
            await asyncio.gather(*(self._start(slot) for slot in self._slots))
        except ModelError:
            await self.close()
            raise
        for missing in self._slots[0].worker.missing_walls:
            _LOG.warning("the workers that decode pictures run without %s", missing)
        self._loops = [asyncio.create_task(self._serve(slot)) for slot in self._slots]

    async def close(self) -> None:
        """Stops the workers; tasks that have not been processed get no result."""
        tasks = [*self._loops, *(slot.watch for slot in self._slots if slot.watch is not None)]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(slot.worker.stop() for slot in self._slots))

    def check_room(self) -> None:
        """Checks that one more picture can be queued, before anything is known of it.

        Raises:
            Problem: the queue is full.
        """
        self._room.check()

    async def image(self, data: bytes, request: ImageRequest, names: tuple[str, ...] = ("",)) -> ImageResponse:
        """Processes one picture at any worker, for the client with these names (see `access.client_names`).

        Raises:
            Problem: the picture is not usable, the queue is full or the client's part of it, the client's rate is
                exceeded, or no response arrives within `request_s`.
        """
        cost = megapixels(data)
        task = _task({"do": "image", "request": asdict(request)}, data)
        with self._room.held(names, cost):
            return await self._run(task, names[-1], _STILLS, cost)

    def open_stream(self, request: ImageRequest, names: tuple[str, ...] = ("",)) -> Stream:
        """Opens the stream of a client's live socket at the worker with the fewest streams."""
        slot = min(self._slots, key=lambda s: (not s.worker.alive, s.streams))
        slot.streams += 1
        return Stream(self, slot, request, names[-1])

    async def run_frame(
        self, slot: _Slot, header: dict[str, Any], data: bytes, client: str, stream: str
    ) -> ImageResponse:
        """Processes one frame at the worker of its live socket.

        Raises:
            Problem: the frame is not usable, or no response arrives within `request_s`.
        """
        with self._room.counted():
            return await self._run(_task(header, data, slot), client, stream, megapixels(data))

    def close_stream(self, slot: _Slot, client: str, stream: str) -> None:
        """Makes the worker drop the tracker of a live socket."""
        slot.streams -= 1
        self._submit(_task({"do": "close_stream", "stream": stream}, b"", slot), client, stream, 0.0)

    async def _run(self, task: _Task, client: str, stream: str, cost: float) -> ImageResponse:
        try:
            self._submit(task, client, stream, cost)
            async with asyncio.timeout(self._settings.request_s):
                return _response(*await task.result)
        except TimeoutError:
            limit = self._settings.request_s
            detail = f"no response within {limit:g} s: send a smaller picture, or try again"
            raise Problem(503, "too-slow", detail, "request_s", limit, retry_after_s=2) from None
        finally:
            self._queue.done(task)

    def _submit(self, task: _Task, client: str, stream: str, cost: float) -> None:
        self._queue.put(task, client, stream, cost)
        for slot in (task.slot,) if task.slot is not None else self._slots:
            if not slot.wake.is_set():
                slot.wake.set()
                return

    async def _serve(self, slot: _Slot) -> None:
        while True:
            if not slot.worker.alive:
                await self._restart(slot)
            task = self._queue.take(lambda waiting: waiting.slot in (None, slot))
            if task is None:
                task = await self._idle(slot)
            if task is not None:
                await self._work(slot.worker, task)
                self._queue.done(task)

    async def _idle(self, slot: _Slot) -> _Task | None:
        """Waits until there is something to do; now and then that is to see whether the worker still answers."""
        slot.wake.clear()
        try:
            async with asyncio.timeout(_CHECK_S):
                await slot.wake.wait()
        except TimeoutError:
            return _task({"do": "nothing"}, b"", slot)
        if not slot.worker.alive:
            self._note_loss("a worker ended while it was idle and is replaced")
        return None

    async def _start(self, slot: _Slot) -> None:
        await slot.worker.start()
        slot.watch = asyncio.create_task(self._watch(slot))

    async def _watch(self, slot: _Slot) -> None:
        await slot.worker.ended()
        slot.wake.set()

    async def _work(self, worker: WorkerProcess, task: _Task) -> None:
        limit_s = self._settings.worker_s
        try:
            async with asyncio.timeout(limit_s):
                message = await worker.run(task.header, task.body)
        except TimeoutError:  # the worker hangs, for example in a decoder
            # no Retry-After: the same picture would cost the next worker
            detail = (
                f"it takes more than {limit_s:g} s at a worker: send a smaller picture, or save it in another format"
            )
            problem = Problem(503, "too-slow", detail, "picture_s", limit_s)
            await self._lose(worker, task, "a worker took too long over one picture and is replaced", problem)
        except (asyncio.IncompleteReadError, ConnectionError, OSError, ValueError):  # a broken worker sends no JSON
            detail = "the picture could not be processed: try again, or save it in another format"
            problem = Problem(503, "worker-lost", detail, retry_after_s=1)
            await self._lose(worker, task, "a worker ended over one picture and is replaced", problem)
        else:
            if not task.result.done():
                task.result.set_result(message)

    async def _lose(self, worker: WorkerProcess, task: _Task, event: str, problem: Problem) -> None:
        self._note_loss(event)
        if not task.result.done():
            task.result.set_exception(problem)
            task.result.exception()  # not every task has somebody who waits for its result
        await worker.stop()

    def _note_loss(self, event: str) -> None:
        _LOG.error(event)
        self._metrics.crashes.inc()

    async def _restart(self, slot: _Slot) -> None:
        for attempt in range(1_000_000):
            await asyncio.sleep(_RESTART_S[min(attempt, len(_RESTART_S) - 1)])
            try:
                started = time.perf_counter()
                await self._start(slot)
            except ModelError as exc:
                _LOG.error("a worker cannot be started: %s", exc)
            else:
                _LOG.info("a worker was started in %.1f s", time.perf_counter() - started)
                return


class Stream:
    """The frames of one live socket, all processed by the same worker."""

    def __init__(self, pool: Pool, slot: _Slot, request: ImageRequest, client: str) -> None:
        self._pool, self._slot, self._request, self._client = pool, slot, asdict(request), client
        self._id = secrets.token_hex(8)

    async def frame(self, data: bytes, time_s: float, index: int) -> ImageResponse:
        """Processes one frame; await its result before the next one is sent.

        `time_s` is in seconds since the socket was opened; `index` counts its frames from 0.

        Raises:
            Problem: the frame is not usable, or no response arrives within `request_s`.
        """
        header = {"do": "frame", "request": self._request, "stream": self._id, "time_s": time_s, "index": index}
        return await self._pool.run_frame(self._slot, header, data, self._client, self._id)

    def close(self) -> None:
        """Drops the tracker at the worker."""
        self._pool.close_stream(self._slot, self._client, self._id)


def _task(header: dict[str, Any], body: bytes, slot: _Slot | None = None) -> _Task:
    return _Task(header, body, asyncio.get_running_loop().create_future(), slot)


def _response(header: dict[str, Any], body: bytes) -> ImageResponse:
    if "problem" in header:
        raise Problem(**header["problem"])
    if "bug" in header:
        _LOG.error("a worker met a bug: %s", header["bug"])
        raise Problem(500, "bug", "this is a bug of the server; it is in its log")
    return ImageResponse(body, header["media_type"], header["faces"], header["timings_ms"])
