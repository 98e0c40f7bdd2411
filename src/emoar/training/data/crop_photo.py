"""The aligned crop of a face in a photo, as the pipeline cuts it, in any size and in colour where wanted."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.perception.align import CROP_PX, align, alignment_matrix

__all__ = ["aligned_crop"]


def aligned_crop(
    image: NDArray[np.uint8], landmarks_px: NDArray[np.float32], size_px: int = CROP_PX, *, colour: bool = False
) -> NDArray[np.uint8]:
    """(size, size) grey or (size, size, 3) RGB of the face with those (468, 3) landmarks in an (H, W, 3) RGB photo.

    At 48 pixels in grey this is `align` itself, so that training and serving see the same crop.
    """
    if size_px == CROP_PX and not colour:
        return align(image, landmarks_px)
    scale = size_px / CROP_PX
    matrix = alignment_matrix(landmarks_px) * scale
    matrix[:, 2] += 0.5 * scale - 0.5  # pixel centres: x_large = (x + 0.5) * scale - 0.5
    part: NDArray[Any] = image if colour else np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))
    factor = int(1 / max(math.hypot(matrix[0, 0], matrix[1, 0]), 1e-6))
    if factor >= 2:  # plain sampling would alias: average first
        height, width = (max(length // factor, 1) for length in part.shape[:2])
        steps = part.shape[1] / width, part.shape[0] / height
        part = np.asarray(cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA))
        matrix[:, 2] += matrix[:, :2] @ (0.5 * np.array(steps) - 0.5)
        matrix[:, :2] *= steps
    crop = cv2.warpAffine(part, matrix, (size_px, size_px), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(crop, np.uint8)
