"""What every source does: iterates once, closes twice without harm, and gives back what it holds."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
import pytest

from emoar.media.base import Source
from emoar.types import Frame


class Three(Source):
    """Three frames out of memory."""

    def __init__(self) -> None:
        super().__init__()
        self.ended = False
        self.released = 0

    def _frames(self) -> Generator[Frame, None, None]:
        try:
            for index in range(3):
                yield Frame(np.zeros((2, 2, 3), np.uint8), index / 30, index)
        finally:
            self.ended = True

    def _release(self) -> None:
        self.released += 1


def test_frames_come_once() -> None:
    source = Three()
    assert [frame.index for frame in source] == [0, 1, 2]
    assert list(source) == []
    assert (source.name, source.path, source.frame_rate, source.live, source.problem) == ("", None, None, False, None)


def test_leaving_early_ends_the_iteration_and_releases() -> None:
    with Three() as source:
        assert next(source).index == 0
        assert not source.ended
    assert (source.ended, source.released) == (True, 1)
    with pytest.raises(StopIteration):
        next(source)


def test_closing_before_the_first_frame_and_twice() -> None:
    source = Three()
    source.close()
    source.close()
    assert list(source) == []


def test_a_source_needs_frames() -> None:
    with pytest.raises(TypeError, match="_frames"):
        Source()  # type: ignore[abstract]
