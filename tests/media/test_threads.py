"""Reading ahead and writing behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterator

import numpy as np
import pytest
from makers import make_scene
from numpy.typing import NDArray

from emoar.errors import MediaError, OutputError
from emoar.media.base import Source
from emoar.media.threads import BackgroundSink, prefetch
from emoar.types import Frame, Scene


def numbered(count: int, fails_at: int | None = None) -> Iterator[Frame]:
    for index in range(count):
        if index == fails_at:
            raise MediaError("cut short")
        yield Frame(np.zeros((1, 1, 3), np.uint8), float(index), index)


def alive(name: str) -> bool:
    return any(thread.name == name for thread in threading.enumerate())


@pytest.mark.parametrize("count", [0, 1, 20])
def test_prefetch_gives_the_same_frames(count: int) -> None:
    assert [frame.index for frame in prefetch(numbered(count), depth=3)] == list(range(count))
    assert not alive("emoar-read")


def test_prefetch_raises_an_error_in_its_turn() -> None:
    frames = prefetch(numbered(9, fails_at=6))
    assert [next(frames).index for _ in range(6)] == [0, 1, 2, 3, 4, 5]
    with pytest.raises(MediaError, match="cut short"):
        next(frames)
    assert not alive("emoar-read")


def test_prefetch_stays_only_so_far_ahead() -> None:
    made: list[int] = []

    def source() -> Iterator[Frame]:
        for frame in numbered(100):
            made.append(frame.index)
            yield frame

    frames = prefetch(source(), depth=2)
    next(frames)
    time.sleep(0.1)
    assert len(made) <= 5
    frames.close()
    assert not alive("emoar-read")


class Recorder:
    """A sink that remembers, and fails when told to."""

    needs_picture = False

    def __init__(self, fails_at: int | None = None) -> None:
        self.indices: list[int] = []
        self.fails_at = fails_at
        self.closed: list[bool] = []

    def write(self, scene: Scene, picture: NDArray[np.uint8] | None) -> None:
        if scene.frame.index == self.fails_at:
            raise OutputError("the disk is full")
        self.indices.append(scene.frame.index)

    def close(self, *, complete: bool = True) -> str | None:
        self.closed.append(complete)
        return f"{len(self.indices)} scenes"


@pytest.mark.parametrize("count", [0, 1, 50])
def test_background_sink_writes_everything_in_order(count: int) -> None:
    recorder = Recorder()
    sink = BackgroundSink(recorder)
    for index in range(count):
        sink.write(make_scene(index=index), None)
    assert sink.close() == f"{count} scenes"
    assert recorder.indices == list(range(count))
    assert recorder.closed == [True]
    assert not alive("emoar-write")


def test_background_sink_raises_by_the_next_call_and_does_not_hang() -> None:
    recorder = Recorder(fails_at=2)
    sink = BackgroundSink(recorder)

    def write_all() -> None:
        for index in range(100):
            sink.write(make_scene(index=index), None)

    with pytest.raises(OutputError, match="disk is full"):
        write_all()
    assert recorder.indices == [0, 1]
    assert sink.close(complete=False) == "2 scenes"
    assert recorder.closed == [False]


def test_background_sink_raises_at_close_and_still_closes() -> None:
    recorder = Recorder(fails_at=0)
    sink = BackgroundSink(recorder)
    sink.write(make_scene(index=0), None)
    with pytest.raises(OutputError):
        sink.close()
    assert recorder.closed


class Waiting(Source):
    """One picture, and then a wait that only `interrupt` ends."""

    def __init__(self) -> None:
        super().__init__()
        self._interrupted = threading.Event()

    def _frames(self) -> Generator[Frame, None, None]:
        yield Frame(np.zeros((1, 1, 3), np.uint8))
        self._interrupted.wait()

    def interrupt(self) -> None:
        self._interrupted.set()


def test_a_source_that_waits_is_interrupted() -> None:
    frames = prefetch(Waiting())
    next(frames)
    frames.close()  # returns
    assert not alive("emoar-read")
