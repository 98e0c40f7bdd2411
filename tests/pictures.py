"""What tests do to pictures: paste, turn, resize."""

from __future__ import annotations

import io

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]


def pasted(image: Image, left: int, top: int, width: int = 1280, height: int = 720, grey: int = 128) -> Image:
    """The picture at that place of a larger grey one."""
    canvas = np.full((height, width, 3), grey, np.uint8)
    canvas[top : top + image.shape[0], left : left + image.shape[1]] = image
    return canvas


def rotated(image: Image, angle_deg: float) -> Image:
    """Turned counter-clockwise about the middle."""
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle_deg, 1)
    return np.asarray(cv2.warpAffine(image, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)


def resized(image: Image, factor: float) -> Image:
    return np.asarray(cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)


def encoded(image: Image, suffix: str = ".jpg") -> bytes:
    """A picture file in memory."""
    if suffix == ".heic":
        import pillow_heif

        buffer = io.BytesIO()
        contiguous = np.ascontiguousarray(image)
        pillow_heif.from_bytes("RGB", (image.shape[1], image.shape[0]), contiguous.tobytes()).save(buffer, quality=90)
        return buffer.getvalue()
    return cv2.imencode(suffix, cv2.cvtColor(image, cv2.COLOR_RGB2BGR))[1].tobytes()
