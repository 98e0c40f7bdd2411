"""A live stream is connected again where it breaks, and not where it has ended."""

from __future__ import annotations

from collections.abc import Generator
from threading import Thread

import numpy as np
import pytest

from emoar.errors import CameraError, MediaError
from emoar.media.addresses import Address
from emoar.media.base import Source
from emoar.media.video import stream_capture
from emoar.media.video.stream_capture import StreamCapture
from emoar.types import Frame

LIVE, WEB = Address("rtsp://cam/live"), Address("http://host/a.mp4")


class Part(Source):
    """Some red pictures, then the end, or an error."""

    frame_rate = 25.0

    def __init__(self, count: int, problem: str | None = None, error: Exception | None = None) -> None:
        super().__init__()
        self._count, self._problem, self._error = count, problem, error
        self.closed = False

    def _frames(self) -> Generator[Frame, None, None]:
        for index in range(self._count):
            yield Frame(np.full((4, 6, 3), (200, 0, 0), np.uint8), index / 25, index)
        self.problem = self._problem
        if self._error is not None:
            raise self._error

    def _release(self) -> None:
        self.closed = True


class Opener:
    """Gives one part after the other; an error in their place is raised."""

    def __init__(self, *parts: Part | Exception) -> None:
        self._parts = list(parts)
        self.urls: list[str] = []

    def __call__(self, url: str) -> Source:
        self.urls.append(url)
        part = self._parts.pop(0) if self._parts else MediaError("gone")
        if isinstance(part, Exception):
            raise part
        return part


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_capture, "_FIRST_PAUSE_S", 0.0)


def count(capture: StreamCapture) -> int:
    """Pictures until there is none."""
    number = 0
    while capture.read()[0]:
        number += 1
    return number


def test_pictures_are_bgr() -> None:
    capture = StreamCapture(LIVE, 1, Opener(Part(1)))
    good, picture = capture.read()
    assert good
    assert picture[0, 0].tolist() == [0, 0, 200]
    assert (capture.get(5), capture.get(3)) == (25.0, 0.0)


@pytest.mark.parametrize("broken", [Part(2), Part(2, "cannot be read to its end"), Part(2, error=MediaError("no"))])
def test_a_live_stream_goes_on_with_a_new_connection(broken: Part) -> None:
    opener = Opener(broken, MediaError("not yet"), Part(3))
    capture = StreamCapture(LIVE, 0.2, opener)
    assert count(capture) == 5
    assert opener.urls[0] == LIVE.url
    assert len(opener.urls) >= 3
    assert broken.closed


def test_a_file_of_the_web_ends() -> None:
    opener = Opener(Part(2), Part(2))
    capture = StreamCapture(WEB, 60, opener)
    assert count(capture) == 2
    assert len(opener.urls) == 1
    capture.release()
    capture.release()


def test_a_file_of_the_web_that_broke_off_is_tried_again() -> None:
    assert count(StreamCapture(WEB, 60, Opener(Part(2, "cannot be read to its end"), Part(2)))) == 4


def test_patience_ends() -> None:
    assert count(StreamCapture(LIVE, 0.05, Opener(Part(1)))) == 1


def test_nobody_answers_at_first() -> None:
    with pytest.raises(CameraError, match="cannot read it"):
        StreamCapture(LIVE, 1, Opener(MediaError("cannot read it")))


def test_stop_ends_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_capture, "_FIRST_PAUSE_S", 600.0)
    capture = StreamCapture(LIVE, 600, Opener(Part(0)))
    reader = Thread(target=capture.read)
    reader.start()
    capture.stop()
    reader.join(10)
    assert not reader.is_alive()
