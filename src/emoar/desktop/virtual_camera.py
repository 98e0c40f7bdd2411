"""A virtual camera of Linux (v4l2loopback): other programs, such as those of video calls, see what EmoAR draws."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import OutputError
from emoar.media.video.fit import padded_to_fit
from emoar.types import Scene

__all__ = ["SET_UP", "VirtualCamera", "open_device"]

SET_UP: Final = (
    "apt-get install v4l2loopback-dkms, then modprobe v4l2loopback video_nr={number} exclusive_caps=1 card_label=EmoAR"
)
_TICKS_PER_S: Final = 90_000

Opener = Callable[[Path], Any]


class VirtualCamera:
    """Writes pictures to a device as yuv420p. The first picture gives the size, made even; others are scaled to fit.

    Args:
        device: such as `/dev/video9`.
        frame_rate: that the device shows to programs.
        opener: opens a container of PyAV for raw pictures; for tests.

    Raises:
        OutputError: there is no such device, or it takes no pictures.
    """

    needs_picture = True

    def __init__(self, device: str | Path, frame_rate: float = 30.0, *, opener: Opener | None = None) -> None:
        self._device = Path(device)
        self._rate = frame_rate
        self._container: Any = (opener or open_device)(self._device)
        self._stream: Any = None
        self._frame_count = 0

    def write(self, scene: Scene, picture: NDArray[np.uint8] | None) -> None:
        """Shows the drawn picture of a scene, or its frame without one.

        Raises:
            OutputError: the device refuses it.
        """
        from av.error import FFmpegError
        from av.video.frame import VideoFrame

        image = scene.frame.image if picture is None else picture
        try:
            stream = self._stream = self._stream or self._opened(image.shape[1], image.shape[0])
            fitted: Any = np.ascontiguousarray(padded_to_fit(image, stream.width, stream.height))
            frame = VideoFrame.from_numpy_buffer(fitted, format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = round(scene.frame.time_s * _TICKS_PER_S), Fraction(1, _TICKS_PER_S)
            for packet in stream.encode(frame):
                self._container.mux(packet)
        except (FFmpegError, OSError) as exc:
            raise OutputError(f"{self._device} takes no pictures: {exc.strerror or exc}") from exc
        self._frame_count += 1

    def close(self, *, complete: bool = True) -> str | None:
        """Releases the device. Closing twice is harmless."""
        if self._container is not None:
            with suppress(Exception):  # a device that never got a picture has no header to finish
                self._container.close()
            self._container = None
        return f"{self._device} ({self._frame_count} frames)" if self._frame_count else None

    def _opened(self, width: int, height: int) -> Any:
        """The stream of pictures of this size, made even."""
        stream = self._container.add_stream("rawvideo", rate=Fraction(self._rate).limit_denominator(1001))
        stream.width, stream.height, stream.pix_fmt = width + width % 2, height + height % 2, "yuv420p"
        stream.codec_context.time_base = Fraction(1, _TICKS_PER_S)
        self._container.start_encoding()
        return stream


def open_device(device: Path) -> Any:
    """A container that writes to a v4l2loopback device.

    Raises:
        OutputError: the system has no virtual cameras, or there is no such device, or it cannot be opened.
    """
    if sys.platform != "linux":
        raise OutputError("a virtual camera is a device of Linux: elsewhere let OBS capture the window of --show")
    digits = device.name.removeprefix("video")
    set_up = SET_UP.format(number=digits if digits.isdecimal() else 9)
    try:
        mode = os.stat(device).st_mode
    except FileNotFoundError as exc:
        raise OutputError(f"there is no {device}: make it as root: {set_up}") from exc
    except OSError as exc:
        raise OutputError(f"cannot open {device}: {exc.strerror}") from exc
    if not stat.S_ISCHR(mode):
        raise OutputError(f"{device} is no device: make a virtual camera as root: {set_up}")
    if not os.access(device, os.W_OK):
        raise OutputError(f"cannot write to {device}: add yourself to the group video")
    import av

    return av.open(str(device), "w", format="v4l2")
