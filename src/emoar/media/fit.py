"""Brings a picture to a given size without distortion."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["padded_to_fit", "scaled_to_fit"]


def scaled_to_fit(image: NDArray[np.uint8], width_px: int, height_px: int) -> NDArray[np.uint8]:
    """The (H, W, 3) picture scaled to the size, with black beside it where the shape differs; itself if it has it."""
    height, width = image.shape[:2]
    if (height, width) == (height_px, width_px):
        return image
    import cv2

    scale = min(width_px / width, height_px / height)
    size = min(width_px, max(1, round(width * scale))), min(height_px, max(1, round(height * scale)))
    canvas = np.zeros((height_px, width_px, 3), np.uint8)
    left, top = (width_px - size[0]) // 2, (height_px - size[1]) // 2
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    canvas[top : top + size[1], left : left + size[0]] = cv2.resize(image, size, interpolation=method)
    return canvas


def padded_to_fit(image: NDArray[np.uint8], width_px: int, height_px: int) -> NDArray[np.uint8]:
    """As `scaled_to_fit`, but a picture that lacks at most one pixel a side keeps its pixels and repeats the last."""
    below, beside = height_px - image.shape[0], width_px - image.shape[1]
    if 0 <= below <= 1 and 0 <= beside <= 1 and below + beside:
        return np.pad(image, ((0, below), (0, beside), (0, 0)), mode="edge")
    return scaled_to_fit(image, width_px, height_px)
