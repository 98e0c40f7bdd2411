"""The aligned grey crop that the expression model sees: the face in the mean framing of FER2013.

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

from emoar.geometry import apply_affine, invert_affine, similarity_between

__all__ = ["ANCHOR_POINTS", "CROP_PX", "align", "alignment_matrix", "anchor_points", "framing_px"]

CROP_PX: Final = 48

# Means over landmarks that move little with the expression; the person's right eye, left eye, nose, mouth corners.
ANCHOR_POINTS: Final = ((33, 133, 159, 145), (263, 362, 386, 374), (1, 2, 98, 327), (61,), (291,))


def align(image: NDArray[np.uint8], landmarks_px: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The (48, 48) grey crop of the face with those (468, 3) landmarks in an (H, W, 3) RGB picture.

    Beyond the picture's edge the nearest pixels are repeated.
    """
    matrix = alignment_matrix(landmarks_px)
    part, matrix = _shrink(image, matrix)
    grey = cv2.cvtColor(part, cv2.COLOR_RGB2GRAY)
    return cv2.warpAffine(
        grey, matrix, (CROP_PX, CROP_PX), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    ).astype(np.uint8, copy=False)


def alignment_matrix(landmarks_px: NDArray[np.float32]) -> NDArray[np.float64]:
    """The 2x3 similarity from the picture to the crop."""
    return similarity_between(anchor_points(landmarks_px), framing_px())


def anchor_points(landmarks_px: NDArray[np.float32]) -> NDArray[np.float32]:
    """(468, 2 or 3) landmarks -> (5, 2) eyes, nose and mouth corners."""
    return np.stack([landmarks_px[list(group), :2].mean(axis=0) for group in ANCHOR_POINTS])


@cache
def framing_px() -> NDArray[np.float32]:
    """(5, 2) where FER2013 has these points on average, in crop pixels (`scripts/estimate_framing.py`)."""
    text = files("emoar.perception").joinpath("fer2013_framing.json").read_text()
    return np.asarray(json.loads(text)["points_px"], np.float32)


def _shrink(image: NDArray[np.uint8], matrix: NDArray[np.float64]) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """The part of the picture under the crop, shrunk by averaging where the crop would skip pixels.

    Plain sampling of a large face would alias, which FER2013's crops do not.
    """
    height, width = image.shape[:2]
    corners = np.array([[-1, -1], [CROP_PX, -1], [-1, CROP_PX], [CROP_PX, CROP_PX]], np.float32)
    spread = apply_affine(invert_affine(matrix), corners)
    left, top = (
        int(np.clip(math.floor(v), 0, n - 1)) for v, n in zip(spread.min(axis=0), (width, height), strict=True)
    )
    right, bottom = (
        int(np.clip(math.ceil(v) + 1, low + 1, n))
        for v, low, n in zip(spread.max(axis=0), (left, top), (width, height), strict=True)
    )
    part = image[top:bottom, left:right]
    moved = matrix.copy()
    moved[:, 2] += matrix[:, :2] @ (left, top)
    factor = int(1 / math.hypot(matrix[0, 0], matrix[1, 0]))
    w, h = (right - left) // max(factor, 1), (bottom - top) // max(factor, 1)
    if factor < 2 or w < 2 or h < 2:
        return part, moved
    small = cv2.resize(part, (w, h), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    # pixel centres: x_part = (x_small + 0.5) * scale - 0.5
    scale = np.array([(right - left) / w, (bottom - top) / h])
    moved[:, 2] += moved[:, :2] @ (0.5 * scale - 0.5)
    moved[:, :2] *= scale
    return small, moved
