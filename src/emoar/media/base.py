"""The interfaces of all sources of pictures and all sinks of results."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from emoar.types import Frame, Scene

__all__ = ["Sink", "Source"]


class Source(ABC):
    """An iterator of frames and a context manager. An attribute whose value is not known in advance is None."""

    name: str = ""  # for display
    path: Path | None = None  # of a file on disk
    frame_rate: float | None = None  # pictures per second; the mean, where the rate varies
    frame_count: int | None = None
    duration_s: float | None = None
    has_audio: bool = False
    live: bool = False  # pictures arrive at their own rate, whether or not they are read
    end_s: float | None = None  # end of the last picture; known after it
    warning: str | None = None  # what of the source is left out
    wanted: Callable[[float], bool] | None = None  # of a video: by its time in s, whether a picture is yielded
    problem: str | None = None  # why the pictures ended early; known after the last one

    def __init__(self) -> None:
        self._iterator: Generator[Frame, None, None] | None = None

    @abstractmethod
    def _frames(self) -> Generator[Frame, None, None]:
        """Yields every frame once."""

    def _release(self) -> None:  # noqa: B027  (a source in memory has nothing to release)
        """Releases the file or device; called by `close`, perhaps twice."""

    def interrupt(self) -> None:  # noqa: B027  (most sources do not wait)
        """Ends the wait for a picture that may never come; callable from any thread, before `close`."""

    def __iter__(self) -> Iterator[Frame]:
        return self

    def __next__(self) -> Frame:
        if self._iterator is None:
            self._iterator = self._frames()
        return next(self._iterator)

    def close(self) -> None:
        """Ends the iteration and releases the file or device. Closing twice is harmless."""
        if self._iterator is None:
            self._iterator = self._frames()
        self._iterator.close()
        self._release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


class Sink(Protocol):
    """Writes scenes somewhere."""

    needs_picture: bool  # whether `write` uses the drawn picture

    def write(self, scene: Scene, picture: NDArray[np.uint8] | None) -> None:
        """Writes one scene and its drawn picture, (H, W, 3) RGB; None: no picture was drawn.

        Raises:
            OutputError: it cannot be written.
        """
        ...

    def close(self, *, complete: bool = True) -> str | None:
        """Finishes the output and returns what is on disk, such as "out.mp4 (120 frames)"; None: nothing.

        `complete=False` means that the work ended before its source. Closing twice is harmless.

        Raises:
            OutputError: it cannot be finished.
        """
        ...
