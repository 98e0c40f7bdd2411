"""Animated WebP, which OpenCV decodes and FFmpeg does not."""

from __future__ import annotations

from collections.abc import Generator
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import numpy as np

from emoar.errors import DependencyMissing, MediaError
from emoar.media.base import Source
from emoar.media.images import check_size, quiet_opencv
from emoar.media.picture_files.headers import read_header
from emoar.types import Frame

__all__ = ["AnimationSource"]

_MAX_BYTES: Final = 1 << 30  # of all decoded pictures
_LEAST_MS: Final = 11  # browsers show pictures of at most 10 ms for 100 ms
_DEFAULT_MS: Final = 100


class AnimationSource(Source):
    """The pictures of an animated WebP, each with its time; transparent parts are white.

    Raises:
        MediaError: the file is missing, too large, or damaged.
        DependencyMissing: this OpenCV reads no animations.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path, self.name = path, path.name
        self._pictures, self._durations_s = _decoded(path)
        self.frame_count = len(self._pictures)
        self.duration_s = sum(self._durations_s)
        self.frame_rate = self.frame_count / self.duration_s
        self.end_s = self.duration_s

    def _frames(self) -> Generator[Frame, None, None]:
        cv2: Any = import_module("cv2")
        time_s = 0.0
        for index, (picture, duration_s) in enumerate(zip(self._pictures, self._durations_s, strict=True)):
            if self.wanted is None or self.wanted(time_s):
                yield Frame(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), time_s, index, self.name)
            time_s += duration_s

    def _release(self) -> None:
        self._pictures = []


def _decoded(path: Path) -> tuple[list[Any], list[float]]:
    """The pictures (BGR) of a file and how long each is shown."""
    import cv2

    if not hasattr(cv2, "imdecodeanimation"):
        raise DependencyMissing("an animated WebP needs OpenCV 4.12 or newer: pip install -U opencv-python-headless")
    try:
        data = path.read_bytes()
    except OSError as exc:
        raise MediaError(f"cannot read {path}: {exc.strerror}") from exc
    header = read_header(data)
    if header is None:
        raise MediaError(f"{path} is a damaged WEBP picture: fetch or copy it again")
    check_size(str(path), header.width_px, header.height_px)
    count = data.count(b"ANMF")
    if header.width_px * header.height_px * 4 * count > _MAX_BYTES:
        raise MediaError(f"{path} has {count} pictures of {header.width_px} x {header.height_px}: convert it to MP4")
    with quiet_opencv():
        try:
            good, animation = cv2.imdecodeanimation(np.frombuffer(data, np.uint8))
        except cv2.error:
            good, animation = False, None
    if not good or animation is None or not animation.frames:
        raise MediaError(f"{path} is a damaged WEBP animation: fetch or copy it again")
    durations = [_DEFAULT_MS if ms < _LEAST_MS else ms for ms in animation.durations]
    return [_on_white(picture) for picture in animation.frames], [ms / 1000 for ms in durations]


def _on_white(picture: Any) -> Any:
    if picture.shape[2] == 3:
        return picture
    alpha = picture[:, :, 3:].astype(np.uint16)
    mixed = (picture[:, :, :3] * alpha + (255 - alpha) * np.uint16(255) + np.uint16(127)) // np.uint16(255)
    return mixed.astype(np.uint8)
