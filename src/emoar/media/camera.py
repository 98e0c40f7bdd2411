"""A live camera: only the newest picture is kept, so that the latency does not grow with a slow pipeline."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from importlib import import_module
from threading import Condition, Thread
from typing import Any, Final

from emoar.errors import CameraError
from emoar.media.base import Source
from emoar.media.images import quiet_opencv
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
    """Frames from a camera, by index or device path. Times are seconds since the first picture.

    Raises:
        CameraError: the camera is absent or busy; while iterating, when it is unplugged.
    """

    live = True

    def __init__(
        self, device: int | str = 0, options: CameraOptions | None = None, *, opener: Opener | None = None
    ) -> None:
        super().__init__()
        self._options = options or CameraOptions()
        self._device = device
        self.name = f"camera {device}"
        self._capture = (opener or _open_device)(device, self._options)
        rate = float(self._capture.get(_FRAME_RATE_PROPERTY))
        self.frame_rate = rate if 1 <= rate <= 240 else self._options.frame_rate
        self._changed = Condition()
        self._newest: tuple[Any, float] | None = None  # BGR picture and when it came
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
            picture, time_s = self._wait()
            began = time_s if began is None else began
            yield Frame(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), time_s - began, index, self.name)
            index += 1

    def _wait(self) -> tuple[Any, float]:
        """The newest picture (BGR) and its time, which were not returned before; waits for them."""
        with self._changed:
            self._changed.wait_for(lambda: self._newest is not None or self._ended, self._options.silence_s)
            newest, self._newest = self._newest, None
        if newest is None:
            what = "stopped sending pictures" if self._ended else f"sent no picture for {self._options.silence_s:g} s"
            raise CameraError(f"{self.name} {what}: was it unplugged, or is it in use by another program?")
        return newest

    def _release(self) -> None:
        """Stops the reading thread, which frees the device."""
        self._stopping = True
        self._reader.join(self._options.silence_s)


def _open_device(device: int | str, options: CameraOptions) -> Any:
    """Opens the device with OpenCV, whose wheels support the cameras of Linux, macOS and Windows."""
    import cv2

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
