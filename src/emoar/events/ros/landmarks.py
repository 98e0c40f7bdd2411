"""The 70 landmarks of ROS4HRI: the 68 of dlib and OpenPose, and the pupils, as points of the mesh.

Left and right are the person's own. The lower face follows its outline from ear to ear, at equal distances in frontal
view. The mesh has no irises: the middle of the eyelids stands for a pupil, and it has no confidence.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.face_landmarks import LEFT_EYE_OUTLINE, RIGHT_EYE_OUTLINE

__all__ = ["DLIB_68", "LANDMARK_COUNT", "SELLION", "ros4hri_landmarks"]

SELLION: Final = 168  # the deepest point between forehead and nose
LANDMARK_COUNT: Final = 70
# By the names of `hri_msgs/FacialLandmarks`, in the order of their codes.
DLIB_68: Final = (
    *(127, 234, 93, 132, 58, 172, 150, 176, 152, 400, 379, 397, 288, 361, 323, 454, 356),  # right ear, menton, left ear
    *(70, 63, 105, 66, 107),  # right eyebrow, from the outside
    *(336, 296, 334, 293, 300),  # left eyebrow, from the inside
    *(SELLION, 197, 5, 1),  # down the nose to its tip
    *(98, 97, 2, 326, 327),  # nostrils, from the right
    *(33, 160, 158, 133, 153, 144),  # right eye: outside, top, inside, bottom
    *(362, 385, 387, 263, 373, 380),  # left eye: inside, top, outside, bottom
    *(61, 40, 37, 0, 267, 270, 291, 321, 314, 17, 84, 91),  # outer lips: right, top, left, bottom
    *(78, 81, 13, 311, 308, 402, 14, 178),  # inner lips: right, top, left, bottom
)


def ros4hri_landmarks(landmarks_px: NDArray[np.float32]) -> NDArray[np.float32]:
    """(468, 3) landmarks of the mesh -> (70, 2) pixels in the order of ROS4HRI."""
    points = landmarks_px[:, :2]
    pupils = [points[list(outline)].mean(axis=0) for outline in (RIGHT_EYE_OUTLINE, LEFT_EYE_OUTLINE)]
    return np.concatenate([points[list(DLIB_68)], np.stack(pupils)]).astype(np.float32)
