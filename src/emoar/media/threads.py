"""Reading and writing in background threads: PyAV releases the interpreter lock while it decodes and encodes."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from queue import Empty, Queue
from threading import Event, Thread
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.media.base import Sink, Source
from emoar.types import Frame, Scene

__all__ = ["BackgroundSink", "prefetch"]

_DEPTH: Final = 4  # enough to even out slow frames; a 4K picture is 25 MB
_POLL_S: Final = 0.2


def prefetch(frames: Iterable[Frame], depth: int = _DEPTH) -> Generator[Frame, None, None]:
    """The same frames, read up to `depth` frames ahead by another thread.

    Raises:
        BaseException: any error of the source, after the frames before it.
    """
    queue: Queue[Frame | BaseException | None] = Queue(depth)
    stop = Event()

    def read() -> None:
        last: BaseException | None = None
        try:
            for frame in frames:
                queue.put(frame)
                if stop.is_set():
                    return
        except BaseException as exc:
            last = exc
        queue.put(last)

    reader = Thread(target=read, name="emoar-read", daemon=True)
    reader.start()
    try:
        while (item := queue.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stop.set()
        if isinstance(frames, Source):
            frames.interrupt()
        _drain(queue, reader)


def _drain(queue: Queue[Frame | BaseException | None], reader: Thread) -> None:
    """Empties the queue until the reader, which may wait for space, has ended."""
    while reader.is_alive():
        try:
            queue.get(timeout=_POLL_S / 10)
        except Empty:
            continue


class BackgroundSink:
    """Runs a sink in its own thread. The next call of `write` or `close` raises the sink's error."""

    def __init__(self, sink: Sink, depth: int = _DEPTH) -> None:
        self.needs_picture = sink.needs_picture
        self._sink = sink
        self._queue: Queue[tuple[Scene, NDArray[np.uint8] | None] | None] = Queue(depth)
        self._error: BaseException | None = None  # until it was raised
        self._failed = False
        self._thread = Thread(target=self._run, name="emoar-write", daemon=True)
        self._thread.start()

    def write(self, scene: Scene, picture: NDArray[np.uint8] | None) -> None:
        """Queues one scene; waits while the queue is full."""
        self._raise()
        self._queue.put((scene, picture))

    def close(self, *, complete: bool = True) -> str | None:
        """Waits until all scenes are written, then closes the sink."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()
        try:
            self._raise()
        finally:
            kept = self._sink.close(complete=complete)
        return kept

    def _run(self) -> None:
        while (item := self._queue.get()) is not None:
            if not self._failed:  # after an error only the queue is emptied, also when it was raised already
                try:
                    self._sink.write(*item)
                except BaseException as exc:
                    self._failed, self._error = True, exc

    def _raise(self) -> None:
        error, self._error = self._error, None
        if error is not None:
            self._stop_writing()
            raise error

    def _stop_writing(self) -> None:
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()
