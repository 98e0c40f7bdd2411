"""Live streams at an address, read like a camera and connected again where the connection breaks."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib import import_module
from threading import Event
from typing import Any, Final

from emoar.errors import CameraError, MediaError
from emoar.media.addresses import Address, is_live
from emoar.media.base import Source

__all__ = ["StreamCapture"]

_FIRST_PAUSE_S: Final = 0.5  # before a new connection; doubled up to the longest
_LONGEST_PAUSE_S: Final = 4.0
_FRAME_RATE_PROPERTY: Final = 5  # cv2.CAP_PROP_FPS


class StreamCapture:
    """Reads pictures from an address, with the methods of `cv2.VideoCapture` that `CameraSource` uses.

    Args:
        address: where the pictures are.
        patience_s: for how long a connection that broke is tried again, in seconds.
        open_source: opens the address; for tests.

    Raises:
        CameraError: nothing answers there, or it is no video.
    """

    def __init__(self, address: Address, patience_s: float, open_source: Callable[[str], Source]) -> None:
        self._address, self._patience_s, self._open = address, patience_s, open_source
        self._stopping = Event()
        try:
            self._source: Source | None = open_source(address.url)
        except MediaError as exc:
            raise CameraError(str(exc)) from exc

    def read(self) -> tuple[bool, Any]:
        """Whether there is a picture, and the next one (BGR); connects again where the stream has broken off."""
        picture = self._next()
        deadline, pause_s = time.monotonic() + self._patience_s, _FIRST_PAUSE_S
        while picture is None and self._is_worth_another() and time.monotonic() < deadline:
            if self._stopping.wait(pause_s):
                break
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
            self._reconnect()
            picture = self._next()
        return picture is not None, picture

    def get(self, what: int) -> float:
        """Frames per second as the stream states them; 0 for every other property."""
        rate = self._source.frame_rate if self._source is not None else None
        return rate or 0.0 if what == _FRAME_RATE_PROPERTY else 0.0

    def stop(self) -> None:
        """Ends the wait for a new connection; callable from any thread."""
        self._stopping.set()

    def release(self) -> None:
        """Closes the connection."""
        if self._source is not None:
            self._source.close()
        self._source = None

    def _next(self) -> Any:
        """The next picture, BGR; None at the end of the stream."""
        cv2: Any = import_module("cv2")
        try:
            frame = next(self._source, None) if self._source is not None else None
        except MediaError:
            frame = None
        return None if frame is None else cv2.cvtColor(frame.image, cv2.COLOR_RGB2BGR)

    def _is_worth_another(self) -> bool:
        """Whether the stream goes on: a file on the web that was read to its end does not."""
        if self._stopping.is_set():
            return False
        ended_well = self._source is not None and self._source.problem is None
        return is_live(self._address) or not ended_well

    def _reconnect(self) -> None:
        self.release()
        try:
            self._source = self._open(self._address.url)
        except MediaError:
            self._source = None
