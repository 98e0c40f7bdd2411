"""Landmarks turned to the front: without position, size and rotation of the head."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.canonical import canonical_face
from emoar.face_landmarks import RIGID_POINTS
from emoar.types import LANDMARK_COUNT

__all__ = ["axis_weights", "upright"]

_SMALLEST: Final = 1e-6  # squared pixels, added to squared lengths to avoid a division by zero


def upright(landmarks_px: NDArray[np.float32]) -> NDArray[np.float32]:
    """(468, 3) landmarks with the centre of the face at 0, x to the person's left, y down, in half widths of the face.

    Each axis of the head is a sum of the rigid landmarks, weighted by their coordinates on the canonical face. This
    linear fit is robust to noise of single landmarks. The normalisation is idempotent.
    """
    weights = axis_weights()
    centred = landmarks_px - weights[0] @ landmarks_px
    right, down = weights[1:] @ centred
    width = np.sqrt(right @ right + _SMALLEST)
    x = right / width
    down = down - (down @ x) * x
    height = np.sqrt(down @ down + _SMALLEST)
    y = down / height
    z = x[[1, 2, 0]] * y[[2, 0, 1]] - x[[2, 0, 1]] * y[[1, 2, 0]]  # the cross product: np.cross takes 20 times as long
    axes = np.stack([x, y, z], axis=1) * (2 / (width + height))
    return np.asarray(centred @ axes, np.float32)


@cache
def axis_weights() -> NDArray[np.float32]:
    """(3, 468) weights of the landmarks for the centre, the axis to the person's left, and the downward axis."""
    points = canonical_face().vertices_cm[list(RIGID_POINTS)]
    away = points - points.mean(axis=0)
    weights = np.zeros((3, LANDMARK_COUNT), np.float32)
    weights[0, list(RIGID_POINTS)] = 1 / len(RIGID_POINTS)
    weights[1, list(RIGID_POINTS)] = away[:, 0] / np.abs(away[:, 0]).sum()
    weights[2, list(RIGID_POINTS)] = -away[:, 1] / np.abs(away[:, 1]).sum()  # pixels have y down
    return weights
