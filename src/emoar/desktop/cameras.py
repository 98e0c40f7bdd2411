"""The cameras of this machine: address, name and formats, as FFmpeg's devices of each system report them."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["Camera", "formats_in", "list_cameras"]

_DEVICES: Final = {"linux": "v4l2", "darwin": "avfoundation", "win32": "dshow"}  # FFmpeg's input devices
_FORMAT: Final = re.compile(r"(?:Raw|Compressed)\s*:\s*(\S+)\s*:.*?:((?: \d+x\d+| \{[^}]*\}x\{[^}]*\})*)\s*$")


@dataclass(frozen=True)
class Camera:
    """One camera."""

    device: str  # what `emoar camera` opens: an index or a path
    name: str
    formats: tuple[str, ...] = ()  # such as "mjpeg 1280x720 640x480"; known on Linux


def list_cameras(
    enumerate_devices: Callable[[str], Sequence[Any]] | None = None, formats_of: Callable[[str], str] | None = None
) -> list[Camera]:
    """The cameras that can be opened, in the system's order.

    Args:
        enumerate_devices: the devices of one of FFmpeg's formats; None: those of this machine.
        formats_of: FFmpeg's list of a device's formats; None: asks the device.
    """
    kind = _DEVICES.get(sys.platform, "v4l2")
    if enumerate_devices is None:
        from av.device import enumerate_input_devices as enumerate_devices
    found = [device for device in enumerate_devices(kind) if "audio" not in device.media_types]
    if kind != "v4l2":
        return [Camera(str(number), device.description) for number, device in enumerate(found)]
    read = formats_of or _listed_formats
    return [Camera(device.name, device.description, formats_in(read(device.name))) for device in found]


def formats_in(text: str) -> tuple[str, ...]:
    """The formats in FFmpeg's list, each with its sizes, which it prints one format a line."""
    matches = (_FORMAT.search(line) for line in text.splitlines())
    return tuple(f"{match[1]}{match[2]}" for match in matches if match is not None)


def _listed_formats(device: str) -> str:
    """FFmpeg's list of the formats of a device of Linux; it goes to its log."""
    import av
    from av import logging
    from av.error import FFmpegError

    before = logging.get_level()
    logging.set_level(logging.INFO)
    try:
        with logging.Capture() as logs, suppress(OSError, FFmpegError):  # it lists and ends
            av.open(device, format="v4l2", options={"list_formats": "all"}).close()
    finally:
        logging.set_level(before)
    return "".join(message for _, _, message in logs)
