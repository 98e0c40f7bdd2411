"""The One-Euro filter on the position and rotation of a head (Casiez et al., 2012).

`web/src/overlay/face/poseFilter.ts` is the same filter, with the same numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["PoseFilter", "PoseFilterOptions"]

HEAD_WIDTH_CM: Final = 15.0
LONGEST_STEP_S: Final = 0.5  # a longer pause restarts the filter, so that the result does not lag behind
LONGEST_JUMP_CM: Final = 25.0  # and so does a larger jump
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class PoseFilterOptions:
    """Weak, since the landmarks are filtered already: it removes the noise that fitting the pose adds."""

    minimum_cutoff_hz: float = 4.0  # at rest; lower removes more noise
    beta: float = 14.0  # Hz per unit of speed: per head width a second for the place, per radian a second for the turn
    derivative_cutoff_hz: float = 3.0  # of the speed estimate itself


class PoseFilter:
    """Filters the poses of one head."""

    def __init__(self, options: PoseFilterOptions | None = None) -> None:
        self._options = options or PoseFilterOptions()
        self._matrix: Matrix | None = None
        self._speed = self._turning = 0.0
        self._time_s = math.nan

    def filter(self, pose: NDArray[np.floating], time_s: float) -> Matrix:
        """(4, 4) filtered; the pose, (4, 4), was captured at `time_s`, later than the one before."""
        matrix, new = self._matrix, pose.astype(np.float64)
        step_s = time_s - self._time_s
        if matrix is not None and step_s == 0:
            return matrix  # the same scene again
        jump_cm = math.inf if matrix is None else float(np.linalg.norm(new[:3, 3] - matrix[:3, 3]))
        self._time_s = time_s
        if matrix is None or not 0 < step_s <= LONGEST_STEP_S or jump_cm > LONGEST_JUMP_CM:
            self._speed = self._turning = 0.0
            self._matrix = new
            return new
        turn = _vector_of(matrix[:3, :3].T @ new[:3, :3])
        smoothing = _weight(self._options.derivative_cutoff_hz, step_s)
        self._speed += smoothing * (jump_cm / HEAD_WIDTH_CM / step_s - self._speed)
        self._turning += smoothing * (float(np.linalg.norm(turn)) / step_s - self._turning)
        place, turned = self._follow(self._speed, step_s), self._follow(self._turning, step_s)
        filtered = np.eye(4)
        filtered[:3, 3] = matrix[:3, 3] + place * (new[:3, 3] - matrix[:3, 3])
        filtered[:3, :3] = matrix[:3, :3] @ _matrix_of(turned * turn)
        self._matrix = filtered
        return filtered

    def _follow(self, speed: float, step_s: float) -> float:
        return _weight(self._options.minimum_cutoff_hz + self._options.beta * speed, step_s)


def _weight(cutoff_hz: float, step_s: float) -> float:
    """Of the new value in a low-pass filter."""
    return 1 / (1 + 1 / (2 * math.pi * cutoff_hz * step_s))


def _vector_of(rotation: Matrix) -> Matrix:
    """(3,) the axis of a rotation, as long as its angle in radians."""
    return np.asarray(cv2.Rodrigues(rotation)[0], np.float64)[:, 0]


def _matrix_of(vector: Matrix) -> Matrix:
    """(3, 3); the inverse of `_vector_of`."""
    return np.asarray(cv2.Rodrigues(vector)[0], np.float64)
