"""A live camera or stream: only the newest picture is kept, so that the latency does not grow with a slow pipeline."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from importlib import import_module
from threading import Condition, Thread
from typing import Any, Final

from emoar.errors import CameraError
from emoar.media.addresses import Address, address_in
from emoar.media.base import Source
from emoar.media.images import quiet_opencv
from emoar.media.peeked import is_camera
from emoar.media.video.stream_capture import StreamCapture
from emoar.types import Frame

__all__ = ["CameraOptions", "CameraSource", "Opener"]

Opener = Callable[["int | str", "CameraOptions"], Any]
"""Opens a device; what it returns has `read() -> (bool, BGR picture)`, `get(int) -> float` and `release()`."""

_RETRIES: Final = 10  # drivers drop single pictures, for instance while the exposure adapts
_FRAME_RATE_PROPERTY: Final = 5  # cv2.CAP_PROP_FPS


@dataclass(frozen=True)
class CameraOptions:
    """The requested settings; the camera may apply the nearest ones that it has."""

    width_px: int = 1280
    height_px: int = 720
    frame_rate: float = 30.0
    silence_s: float = 10.0  # after this time without a picture the camera counts as unplugged


class CameraSource(Source):
    """Frames from a camera, by index, device path or address. Times are seconds since the first picture.

    A stream at an address is connected again where its connection breaks, for `silence_s` seconds.

    Raises:
        CameraError: the camera is absent or busy; while iterating, when it is unplugged.
        MediaError: an address of this kind cannot be read.
    """

    live = True

    def __init__(
        self, device: int | str = 0, options: CameraOptions | None = None, *, opener: Opener | None = None
    ) -> None:
        super().__init__()
        self._options = options or CameraOptions()
        self._device = device
        place = address_in(device) if isinstance(device, str) else None
        self._is_stream = isinstance(place, Address)
        self.name = place.shown if isinstance(place, Address) else f"camera {device}"
        self._capture = (opener or _open_device)(device, self._options)
        rate = float(self._capture.get(_FRAME_RATE_PROPERTY))
        self.frame_rate = rate if 1 <= rate <= 240 else self._options.frame_rate
        self._changed = Condition()
        self._newest: tuple[Any, float] | None = None  # BGR picture and when it came, on time.monotonic()
        self._ended = self._stopping = False
        self._reader = Thread(target=self._read, name="emoar-camera", daemon=True)
        self._reader.start()

    def _read(self) -> None:
        """Reads every picture of the driver's queue and keeps the newest."""
        failures = 0
        while not self._stopping and failures < _RETRIES:
            good, picture = self._capture.read()
            failures = 0 if good else failures + 1
            if good:
                with self._changed:
                    self._newest = picture, time.monotonic()
                    self._changed.notify()
            else:
                time.sleep(0.02)
        self._capture.release()
        with self._changed:
            self._ended = True
            self._changed.notify()

    def _frames(self) -> Generator[Frame, None, None]:
        cv2: Any = import_module("cv2")
        index, began = 0, None
        while True:
            picture, came_s = self._wait()
            began = came_s if began is None else began
            yield Frame(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), came_s - began, index, self.name, came_s)
            index += 1

    def _wait(self) -> tuple[Any, float]:
        """The newest picture (BGR) and its time, which were not returned before; waits for them."""
        with self._changed:
            self._changed.wait_for(lambda: self._newest is not None or self._ended, self._options.silence_s)
            newest, self._newest = self._newest, None
        if newest is None:
            what = "stopped sending pictures" if self._ended else f"sent no picture for {self._options.silence_s:g} s"
            hint = "does it still send?" if self._is_stream else "was it unplugged, or is it in use by another program?"
            raise CameraError(f"{self.name} {what}: {hint}")
        return newest

    def _release(self) -> None:
        """Stops the reading thread, which frees the device."""
        self._stopping = True
        if isinstance(self._capture, StreamCapture):
            self._capture.stop()
        self._reader.join(self._options.silence_s)


def _open_device(device: int | str, options: CameraOptions) -> Any:
    """Opens the device with OpenCV, whose wheels support the cameras of Linux, macOS and Windows.

    OpenCV would also open files, playlists and addresses, in its own ways; these do not reach it.
    """
    import cv2

    place = address_in(device) if isinstance(device, str) else None
    if isinstance(place, Address):
        from emoar.media.video.source import VideoSource

        return StreamCapture(place, options.silence_s, VideoSource)
    if place is not None and not is_camera(place):
        if os.path.exists(place):
            raise CameraError(f"{device} is no camera: use emoar video for a file, or name an index, device or address")
        raise CameraError(f"camera {device} cannot be opened: plug it in, or name another one")
    with quiet_opencv():
        capture = cv2.VideoCapture(device)
        if not capture.isOpened():
            capture.release()
            raise CameraError(
                f"camera {device} cannot be opened: plug it in, close other programs, or name another one"
            )
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, options.width_px)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, options.height_px)
        capture.set(cv2.CAP_PROP_FPS, options.frame_rate)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    return capture
