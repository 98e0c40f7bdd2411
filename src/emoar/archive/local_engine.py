"""The engine without a cluster: processes on this machine. One that is killed is replaced, its video tried again."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import connection, get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Final

from emoar.archive.part import PartInfo
from emoar.archive.task import VideoTask, do_without_pandas, process_video
from emoar.errors import EmoarError

__all__ = ["ATTEMPTS", "Lost", "run_locally"]

ATTEMPTS: Final = 3  # as with Ray's `max_retries=2`


@dataclass(frozen=True)
class Lost:
    """A video whose worker died each time."""

    reason: str


@dataclass
class _Worker:
    process: BaseProcess
    pipe: Connection
    task: VideoTask


def run_locally(
    tasks: Sequence[VideoTask], workers: int, function: Callable[[VideoTask], PartInfo] = process_video
) -> Generator[tuple[VideoTask, PartInfo | Lost]]:
    """Runs the tasks in `workers` processes and yields each with its result, in the order in which they end.

    Closing the generator ends the processes; what they had not finished leaves no part.

    Args:
        tasks: the videos.
        workers: number of processes.
        function: importable by its name in another process.

    Raises:
        EmoarError: that of a task, which ends the run.
    """
    waiting, attempts = deque(tasks), dict.fromkeys(tasks, 0)
    pool: list[_Worker] = []
    try:
        while waiting or pool:
            while waiting and len(pool) < workers:
                pool.append(_start(waiting.popleft(), function))
            ready: Any = connection.wait([worker.pipe for worker in pool])
            for worker in [worker for worker in pool if worker.pipe in ready]:
                task, result = worker.task, _receive(worker)
                if isinstance(result, EmoarError):
                    raise result
                if result is None:
                    pool.remove(worker)
                    attempts[task] += 1
                    result = _lost(worker, attempts[task])
                    if result is None:
                        waiting.appendleft(task)
                        continue
                elif waiting:
                    _send(worker, waiting.popleft())
                else:
                    pool.remove(worker)
                    _end(worker)
                yield task, result
    finally:
        for worker in pool:
            worker.process.kill()
        for worker in pool:
            worker.process.join()


def _start(task: VideoTask, function: Callable[[VideoTask], PartInfo]) -> _Worker:
    context = get_context("spawn")  # a fork would copy the threads' locks of the libraries
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs, function), name="emoar-archive", daemon=True)
    process.start()
    theirs.close()
    worker = _Worker(process, ours, task)
    _send(worker, task)
    return worker


def _send(worker: _Worker, task: VideoTask) -> None:
    worker.task = task
    with suppress(OSError):  # it was killed, which `_receive` will tell
        worker.pipe.send(task)


def _receive(worker: _Worker) -> PartInfo | EmoarError | None:
    """The answer of a worker; None if it has died."""
    try:
        return worker.pipe.recv()
    except (EOFError, OSError):
        worker.process.join()
        worker.pipe.close()
        return None


def _end(worker: _Worker) -> None:
    worker.pipe.close()  # it ends by itself
    worker.process.join()


def _lost(worker: _Worker, attempts: int) -> Lost | None:
    """What is known of a video whose worker died; None if it is to be tried again."""
    if attempts < ATTEMPTS:
        return None
    code = worker.process.exitcode or 0
    how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
    return Lost(f"its process {how}, {attempts} times")


def _work(pipe: Connection, function: Callable[[VideoTask], PartInfo]) -> None:
    """The process of a worker: answers each task until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # native libraries write there
    do_without_pandas()
    while True:
        try:
            task = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            answer: PartInfo | EmoarError = function(task)
        except EmoarError as exc:
            answer = exc
        except Exception as exc:
            answer = EmoarError(f"unexpected {type(exc).__name__} with {task.path}: {exc}")
        pipe.send(answer)


def _end_with_parent() -> None:
    """Ends this process when its parent has died, however that happened."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
