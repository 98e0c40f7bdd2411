"""The room of the demo clip: a wall with blurred windows, and a counter in front, drawn by code and without faces."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["COUNTER_TOP_PX", "draw_counter", "draw_room"]

COUNTER_TOP_PX: Final = 640
_WALL_RGB: Final = (54, 84, 104), (116, 120, 116)  # above, below
_SKY_RGB: Final = (120, 168, 206), (246, 206, 160)
_WOOD_RGB: Final = (112, 74, 48)
_PERIOD_PX: Final = 320  # of the pattern, which repeats, so that it can move sideways without a seam


def draw_room(size_px: tuple[int, int]) -> NDArray[np.uint8]:
    """The wall, (H, W, 3) RGB, seamless from side to side; `size_px` is (width, height)."""
    width, height = size_px
    room = np.repeat(_gradient(*_WALL_RGB, height), width, axis=1)
    for left in range(0, width, _PERIOD_PX):
        _window(room, left + 60)
        _lamp(room, left + 30 + _PERIOD_PX - 60)
    return _blur_around(room, 9)


def draw_counter(size_px: tuple[int, int]) -> NDArray[np.uint8]:
    """The wooden counter from `COUNTER_TOP_PX` down, (H - COUNTER_TOP_PX, W, 3) RGB, seamless from side to side.

    `size_px` is (width, height) of the frame.
    """
    width, height = size_px[0], size_px[1] - COUNTER_TOP_PX
    x = np.arange(width, dtype=np.float32)[None, :, None]
    y = np.arange(height, dtype=np.float32)[:, None, None]
    turn = 2 * np.pi * x / width
    grain = np.sin(3 * turn + 0.30 * y + 1.5 * np.sin(2 * turn)) + 0.5 * np.sin(7 * turn + 0.9 * y)
    wood = np.array(_WOOD_RGB, np.float32) * (1 + 0.06 * grain) * (1 - 0.5 * y / height)
    wood[:6] *= np.float32(1.5)  # light on the edge
    return np.clip(wood, 0, 255).astype(np.uint8)


def _window(room: NDArray[np.uint8], left_px: int) -> None:
    """Evening sky behind four panes, drawn in place."""
    top, right, bottom = 70, left_px + 150, 330
    room[top:bottom, left_px:right] = _gradient(*_SKY_RGB, bottom - top)
    frame = (226, 222, 212)
    cv2.rectangle(room, (left_px, top), (right, bottom), frame, 9)
    cv2.line(room, ((left_px + right) // 2, top), ((left_px + right) // 2, bottom), frame, 6)
    cv2.line(room, (left_px, (top + bottom) // 2), (right, (top + bottom) // 2), frame, 6)


def _lamp(room: NDArray[np.uint8], x_px: int) -> None:
    """A warm lamp on a cord, drawn in place."""
    cv2.line(room, (x_px, 0), (x_px, 150), (40, 46, 52), 3)
    cv2.ellipse(room, (x_px, 160), (34, 22), 0, 180, 360, (60, 64, 66), -1)
    cv2.circle(room, (x_px, 166), 13, (255, 236, 190), -1)


def _gradient(above_rgb: tuple[int, ...], below_rgb: tuple[int, ...], height_px: int) -> NDArray[np.uint8]:
    """One column of pixels, (H, 1, 3), from the upper to the lower colour."""
    level = np.linspace(0, 1, height_px)[:, None, None]
    return ((1 - level) * np.array(above_rgb) + level * np.array(below_rgb)).astype(np.uint8)


def _blur_around(picture: NDArray[np.uint8], sigma_px: float) -> NDArray[np.uint8]:
    """Blurs the picture as if its right edge continued at the left edge."""
    margin = int(4 * sigma_px)
    wide = np.concatenate([picture[:, -margin:], picture, picture[:, :margin]], axis=1)
    return np.asarray(cv2.GaussianBlur(wide, (0, 0), sigma_px)[:, margin:-margin], np.uint8)
