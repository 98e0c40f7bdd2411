"""The 70 landmarks of ROS4HRI: the 68 of dlib and OpenPose, and the pupils, as points of the mesh.

Left and right are the person's own. The mesh has no irises: the middle of the eyelids stands for a pupil, and it has no
confidence.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.face_landmarks import DLIB_68, LEFT_EYE_OUTLINE, RIGHT_EYE_OUTLINE

__all__ = ["LANDMARK_COUNT", "SELLION", "ros4hri_landmarks"]

SELLION: Final = 168  # the deepest point between forehead and nose
LANDMARK_COUNT: Final = 70
_POINTS: Final = np.array(DLIB_68)
_PUPILS: Final = np.array([RIGHT_EYE_OUTLINE, LEFT_EYE_OUTLINE])


def ros4hri_landmarks(landmarks_px: NDArray[np.float32]) -> NDArray[np.float32]:
    """(468, 3) landmarks of the mesh -> (70, 2) pixels in the order of ROS4HRI."""
    points = landmarks_px[:, :2]
    return np.concatenate([points[_POINTS], points[_PUPILS].mean(axis=1)]).astype(np.float32, copy=False)
