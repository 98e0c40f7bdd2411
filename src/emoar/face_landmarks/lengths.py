"""Lengths on the mesh, turned upright, in eye distances: what the browser's cues and avatars use, and a baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar import face_landmarks as at

__all__ = ["LENGTHS", "lengths"]

LENGTHS: Final = (
    *("innerBrowLeft", "innerBrowRight", "browLeft", "browRight", "browGap", "lidsLeft", "lidsRight"),
    *("cornerLeft", "cornerRight", "mouthWidth", "mouthOpen", "upperLip", "lipHeight"),
)
Points = NDArray[np.float64]


def lengths(landmarks_px: NDArray[np.float32], pose: NDArray[np.float32]) -> Mapping[str, float]:
    """The lengths of `LENGTHS`, in distances of the outer eye corners; left and right are the person's own.

    Brows: height of the inner end and of the arch over the line of the eyes, and the gap between them. Lids: opening
    over the width of the eye. Mouth: height of the corners over the middle of the lips, width, opening, distance from
    the nose to the upper lip, and height of both lips together without the opening.

    Args:
        landmarks_px: (468, 3).
        pose: (4, 4); only its rotation is used.
    """
    # pixels run down and away from the camera; the transpose inverts a rotation
    points = landmarks_px.astype(np.float64) * (1, -1, -1) @ pose[:3, :3].astype(np.float64)
    unit = _span(points, at.RIGHT_EYE_OUTER, at.LEFT_EYE_OUTER)
    eyes = _height(points, (at.RIGHT_EYE_OUTER, at.RIGHT_EYE_INNER, at.LEFT_EYE_OUTER, at.LEFT_EYE_INNER))
    lips = _height(points, at.OUTER_LIPS)
    upper, lower = at.OUTER_LIPS
    in_units = {
        "innerBrowLeft": _height(points, at.LEFT_BROW_INNER) - eyes,
        "innerBrowRight": _height(points, at.RIGHT_BROW_INNER) - eyes,
        "browLeft": _height(points, at.LEFT_BROW_ARCH) - eyes,
        "browRight": _height(points, at.RIGHT_BROW_ARCH) - eyes,
        "browGap": points[at.LEFT_BROW_INNER[0], 0] - points[at.RIGHT_BROW_INNER[0], 0],
        "lidsLeft": _opening(points, at.LEFT_LIDS, (at.LEFT_EYE_OUTER, at.LEFT_EYE_INNER)) * unit,
        "lidsRight": _opening(points, at.RIGHT_LIDS, (at.RIGHT_EYE_OUTER, at.RIGHT_EYE_INNER)) * unit,
        "cornerLeft": points[at.MOUTH_LEFT, 1] - lips,
        "cornerRight": points[at.MOUTH_RIGHT, 1] - lips,
        "mouthWidth": _span(points, at.MOUTH_RIGHT, at.MOUTH_LEFT),
        "mouthOpen": _span(points, *at.MOUTH),
        "upperLip": _span(points, at.NOSE_BASE, upper),
        "lipHeight": _span(points, upper, at.MOUTH[0]) + _span(points, at.MOUTH[1], lower),
    }
    return {name: float(value) / unit for name, value in in_units.items()}


def _span(points: Points, first: int, second: int) -> float:
    return float(np.linalg.norm(points[first] - points[second]))


def _height(points: Points, indices: Sequence[int]) -> float:
    return float(points[list(indices), 1].mean())


def _opening(points: Points, lids: Sequence[tuple[int, int]], corners: tuple[int, int]) -> float:
    """Mean opening between the lids over the width of the eye."""
    return sum(_span(points, *pair) for pair in lids) / (len(lids) * _span(points, *corners))
