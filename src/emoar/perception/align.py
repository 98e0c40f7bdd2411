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

    Where the crop has fewer pixels than the face, the picture is averaged over blocks of 1, 2, 4, ... pixels, since
    sampling a large face would alias, and the crops of FER2013 have no aliasing. The crop lies between those of the two
    sizes of blocks (a mip map, Williams, 1983), nearer to that of the smaller ones, which is sharper; so it changes
    steadily with the landmarks.
    """
    matrix = alignment_matrix(landmarks_px, size_px)
    pixels = 1 / math.hypot(matrix[0, 0], matrix[1, 0])  # of the picture, for one of the crop
    step = 2 ** max(math.floor(math.log2(pixels)), 0)
    part, matrix = _part(image, matrix, size_px, 2 * step, colour=colour)
    crop, share = _sampled(part, matrix, size_px, step), (pixels / step - 1) ** 2
    if pixels > step:
        crop += np.float32(share) * (_sampled(part, matrix, size_px, 2 * step) - crop)
    return np.rint(crop).astype(np.uint8)


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


def _part(
    image: NDArray[np.uint8], matrix: NDArray[np.float64], size_px: int, span: int, *, colour: bool
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """The part of the picture under the crop, in whole blocks of `span` pixels of the picture, and its matrix.

    Blocks are counted from the picture's corner, not from the face, so that a face that moves a little is averaged over
    the same pixels. Blocks that the picture's edge cuts are filled with the nearest pixels.
    """
    # two pixels of the crop around it: the samples of the larger blocks lie up to that far outside
    corners = np.array([[-2, -2], [size_px + 1, -2], [-2, size_px + 1], [size_px + 1, size_px + 1]], np.float32)
    region = apply_affine(invert_affine(matrix), corners)
    (x0, y0), (x1, y1) = region.min(axis=0).tolist(), region.max(axis=0).tolist()
    left, right = _whole_blocks(x0, x1, span, image.shape[1])
    top, bottom = _whole_blocks(y0, y1, span, image.shape[0])
    part = image[top:bottom, left:right]
    part = part if colour else cv2.cvtColor(part, cv2.COLOR_RGB2GRAY)
    missing = bottom - top - part.shape[0], right - left - part.shape[1]
    if any(missing):
        part = cv2.copyMakeBorder(part, 0, missing[0], 0, missing[1], cv2.BORDER_REPLICATE)
    moved = matrix.copy()
    moved[:, 2] += matrix[:, :2] @ (left, top)
    return part.astype(np.uint8, copy=False), moved


def _sampled(part: NDArray[np.uint8], matrix: NDArray[np.float64], size_px: int, factor: int) -> NDArray[np.float32]:
    """The crop as float32, linear between the means of blocks of `factor` x `factor` pixels of the part."""
    if factor > 1:
        size = part.shape[1] // factor, part.shape[0] // factor
        part = cv2.resize(part, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)  # fast for integers
    moved = matrix.copy()
    # pixel centres: x_part = (x_small + 0.5) * factor - 0.5
    moved[:, 2] += moved[:, :2] @ (0.5 * factor - 0.5, 0.5 * factor - 0.5)
    moved[:, :2] *= factor
    values = part.astype(np.float32)  # of integers, OpenCV would round the samples
    return cv2.warpAffine(
        values, moved, (size_px, size_px), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    ).astype(np.float32, copy=False)


def _whole_blocks(low: float, high: float, span: int, length: int) -> tuple[int, int]:
    """(start, end) of the blocks around low..high, at least one; the last one may end beyond `length`."""
    last = (length - 1) // span
    first, end = (min(max(math.floor(at / span), 0), last) for at in (low, high))
    return first * span, (end + 1) * span
