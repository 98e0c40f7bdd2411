"""The aligned crop, which is the input of expression models: the face at its mean position in FER2013.

Training and serving crop a face with the same function.
"""

from __future__ import annotations

import json
import math
from functools import cache
from importlib.resources import files
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.face_landmarks import ALIGNMENT_POINTS
from emoar.geometry import apply_affine, invert_affine, similarity_between

__all__ = [
    "ALIGNMENT_POINTS",
    "CROP_PX",
    "align",
    "alignment_matrix",
    "alignment_points",
    "alignment_template_px",
]

CROP_PX: Final = 48

_INDICES: Final = np.array([index for group in ALIGNMENT_POINTS for index in group])
_SIZES: Final = np.array([[len(group)] for group in ALIGNMENT_POINTS], np.float32)
_STARTS: Final = np.cumsum([0, *map(len, ALIGNMENT_POINTS)])[:-1]


def align(
    image: NDArray[np.uint8], landmarks_px: NDArray[np.float32], size_px: int = CROP_PX, *, colour: bool = False
) -> NDArray[np.uint8]:
    """The aligned crop of the face with these (468, 3) landmarks in an (H, W, 3) RGB picture.

    It is (size_px, size_px) grey, or (size_px, size_px, 3) RGB with `colour`. Pixels beyond the picture's edge repeat
    the nearest ones.
    """
    matrix = alignment_matrix(landmarks_px, size_px)
    part, matrix = _shrink(image, matrix, size_px, colour=colour)
    return cv2.warpAffine(
        part, matrix, (size_px, size_px), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    ).astype(np.uint8, copy=False)


def alignment_matrix(landmarks_px: NDArray[np.float32], size_px: int = CROP_PX) -> NDArray[np.float64]:
    """The 2x3 similarity from the picture to a crop of side `size_px`; `landmarks_px` are (468, 3)."""
    return similarity_between(alignment_points(landmarks_px), alignment_template_px(size_px))


def alignment_points(landmarks_px: NDArray[np.float32]) -> NDArray[np.float32]:
    """(468, 2 or 3) landmarks -> (5, 2) right eye, left eye, nose and both corners of the mouth."""
    points = landmarks_px[_INDICES, :2]
    return (np.add.reduceat(points, _STARTS, axis=0) / _SIZES).astype(np.float32, copy=False)


@cache
def alignment_template_px(size_px: int = CROP_PX) -> NDArray[np.float32]:
    """(5, 2) mean positions of these points in FER2013, in pixels of a crop of side `size_px`.

    Estimated by `scripts/estimate_framing.py`.
    """
    text = files("emoar.perception").joinpath("fer2013_framing.json").read_text()
    points = np.asarray(json.loads(text)["points_px"], np.float32)
    # pixel centres: x = (x_48 + 0.5) * size / 48 - 0.5
    return (
        points if size_px == CROP_PX else (points + np.float32(0.5)) * np.float32(size_px / CROP_PX) - np.float32(0.5)
    )


def _shrink(
    image: NDArray[np.uint8], matrix: NDArray[np.float64], size_px: int, *, colour: bool
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """The part of the picture under the crop, reduced by averaging where the crop would skip pixels, and its matrix.

    Sampling a large face without averaging would alias; the crops of FER2013 have no aliasing.
    """
    height, width = image.shape[:2]
    corners = np.array([[-1, -1], [size_px, -1], [-1, size_px], [size_px, size_px]], np.float32)
    region = apply_affine(invert_affine(matrix), corners)
    (x0, y0), (x1, y1) = region.min(axis=0).tolist(), region.max(axis=0).tolist()
    factor = max(int(1 / math.hypot(matrix[0, 0], matrix[1, 0])), 1)
    left, right = _whole_steps(x0, x1, factor, width)
    top, bottom = _whole_steps(y0, y1, factor, height)
    part = image[top:bottom, left:right]
    part = part if colour else cv2.cvtColor(part, cv2.COLOR_RGB2GRAY)
    moved = matrix.copy()
    moved[:, 2] += matrix[:, :2] @ (left, top)
    if factor >= 2:
        size = (right - left) // factor, (bottom - top) // factor
        part = cv2.resize(part, size, interpolation=cv2.INTER_AREA)  # fast, because the factor is an integer
        # pixel centres: x_part = (x_small + 0.5) * factor - 0.5
        moved[:, 2] += moved[:, :2] @ (0.5 * factor - 0.5, 0.5 * factor - 0.5)
        moved[:, :2] *= factor
    return part.astype(np.uint8, copy=False), moved


def _whole_steps(low: float, high: float, step: int, length: int) -> tuple[int, int]:
    """(start, end) of the pixels around low..high within 0..length; the range is one or more multiples of `step`."""
    step = min(step, length)
    start = min(max(math.floor(low), 0), length - step)
    steps = math.ceil((min(math.ceil(high) + 1, length) - start) / step)
    return start, start + step * max(min(steps, (length - start) // step), 1)
