"""Changes that remove detail: blur, fewer pixels, compression.

Lengths are for a crop of 48 px and scale with its width.
"""

from __future__ import annotations

from typing import Any, Final, cast

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from emoar.errors import InputError
from emoar.perception.align import CROP_PX
from emoar.training.evaluation.shifts.shift import Change, Face

__all__ = ["blur", "jpeg", "motion_blur", "resolution"]

_DIRECTION_STEPS: Final = 4  # samples a pixel along the path of a motion


def blur(deviation_px: float) -> Change:
    """A Gaussian blur with this deviation, at 48 px."""
    return lambda face, _: _uint8(cv2.GaussianBlur(face, (0, 0), deviation_px * face.shape[1] / CROP_PX))


def motion_blur(length_px: float) -> Change:
    """The mean along a straight path of this length, at 48 px, in a direction that is drawn."""

    def change(face: Face, rng: Generator) -> Face:
        length = length_px * face.shape[1] / CROP_PX
        angle = rng.uniform(0, np.pi)
        reach = int(np.ceil(length / 2))
        kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
        for step in np.linspace(-length / 2, length / 2, max(2, round(length * _DIRECTION_STEPS))):
            x, y = round(reach + float(step * np.cos(angle))), round(reach + float(step * np.sin(angle)))
            kernel[y, x] += 1
        return _uint8(cv2.filter2D(face, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE))

    return change


def resolution(side_px: int) -> Change:
    """Reduces the crop to `side_px` pixels by area, and enlarges it again bilinearly: a face far away."""

    def change(face: Face, _: Generator) -> Face:
        small = cv2.resize(face, (side_px, side_px), interpolation=cv2.INTER_AREA)
        return _uint8(cv2.resize(small, (face.shape[1], face.shape[0]), interpolation=cv2.INTER_LINEAR))

    return change


def jpeg(quality: int) -> Change:
    """Compresses the crop as JPEG of this quality, 1..100, and decodes it.

    Raises:
        InputError: `quality` is out of range.
    """
    if not 1 <= quality <= 100:
        raise InputError(f"quality must be 1 to 100, got {quality}")

    def change(face: Face, _: Generator) -> Face:
        # the order of the channels matters to the compression of colour: OpenCV takes BGR
        content = cv2.imencode(".jpg", face[..., ::-1] if face.ndim == 3 else face, [cv2.IMWRITE_JPEG_QUALITY, quality])
        decoded = cv2.imdecode(content[1], cv2.IMREAD_COLOR if face.ndim == 3 else cv2.IMREAD_GRAYSCALE)
        decoded = _uint8(cast("NDArray[Any]", decoded))
        return decoded[..., ::-1] if face.ndim == 3 else decoded

    return change


def _uint8(values: NDArray[Any]) -> Face:
    return values.astype(np.uint8, copy=False)
