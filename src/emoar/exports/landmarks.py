"""The 68 landmarks of dlib, which OpenFace and py-feat write, from the 468 points of the mesh."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from emoar.face_landmarks import DLIB_68

__all__ = ["landmark_columns"]


def landmark_columns(landmarks_px: NDArray[np.floating]) -> dict[str, NDArray[np.floating]]:
    """(N, 468, 3) landmarks -> the columns `x_0` to `x_67` and `y_0` to `y_67`, (N,) pixels each."""
    points = landmarks_px[:, list(DLIB_68), :2]
    return {f"{axis}_{point}": points[:, point, place] for place, axis in enumerate("xy") for point in range(68)}
