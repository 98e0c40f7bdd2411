"""Changes of the crop's frame: nearer, farther, off-centre, rotated, stretched.

Beyond the edge of the crop, the nearest pixels repeat.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from emoar.training.evaluation.shifts.shift import Change, Face

__all__ = ["off_centre", "rotation", "stretch", "zoom"]


def zoom(factor: float) -> Change:
    """Enlarges the face around the centre: above 1 a narrower crop, below 1 a wider one."""
    return stretch(factor, factor)


def stretch(across: float, down: float) -> Change:
    """Enlarges the face around the centre by different factors in x and y."""
    return lambda face, _: _warped(face, np.diag([across, down]))


def off_centre(share: float) -> Change:
    """Moves the face by this share of the crop's width, in a direction that is drawn."""

    def change(face: Face, rng: Generator) -> Face:
        angle = rng.uniform(0, 2 * np.pi)
        return _warped(face, np.eye(2), share * face.shape[1] * np.array([np.cos(angle), np.sin(angle)]))

    return change


def rotation(angle_deg: float) -> Change:
    """Rotates the face around the centre, to the left or to the right as drawn."""

    def change(face: Face, rng: Generator) -> Face:
        angle = np.deg2rad(angle_deg) * (1 if rng.random() < 0.5 else -1)
        cos, sin = np.cos(angle), np.sin(angle)
        return _warped(face, np.array([[cos, -sin], [sin, cos]]))

    return change


def _warped(face: Face, linear: NDArray[np.float64], moved_px: NDArray[np.float64] | None = None) -> Face:
    """The crop under a (2, 2) linear map around its centre, then moved by (2,) pixels."""
    height, width = face.shape[:2]
    centre = np.array([(width - 1) / 2, (height - 1) / 2])
    offset = centre - linear @ centre + (0 if moved_px is None else moved_px)
    matrix = np.column_stack([linear, offset])
    warped = cv2.warpAffine(face, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return warped.astype(np.uint8, copy=False)
