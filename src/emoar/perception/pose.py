"""Head pose: the rigid transform, in centimetres, that fits the canonical face to the landmarks."""

from __future__ import annotations

import math
from typing import Final, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.canonical import canonical_face
from emoar.face_landmarks import LEFT_EYE_OUTER, RIGHT_EYE_OUTER
from emoar.geometry import focal_px, project

__all__ = ["DEFAULT_VERTICAL_FOV_DEG", "PoseFitter", "assumed_fov_deg", "head_points_cm", "reprojection_error_px"]

DEFAULT_VERTICAL_FOV_DEG: Final = 45.0  # a laptop's camera; fits better than 63 (docs/decisions)
WIDEST_LENS: Final = 16 / 9  # width over height of a picture that has the default field of view; wider ones are cut
WIDEST_CUT: Final = 2.4  # width over height of the widest film and camera formats; wider pictures are stitched
STITCHED_HORIZONTAL_FOV_DEG: Final = 20.0
START_EXTENT: Final = 0.05  # of the rays for the closed form, which fails on much smaller ones
STEPS_FIRST: Final = 12  # at most
STEPS_TRACKED: Final = 3
CONVERGED: Final = 5e-4  # a smaller step, in radians and relative to the distance, is the last
TOLERANCE: Final = 0.05  # Cauchy scale, in outer-eye distances: a residual of this length has weight 1/2
Array = NDArray[np.float64]
# From OpenCV's camera frame (y down, view along +Z) to EmoAR's (y up, view along -Z), and back.
FLIP: Final = np.diag([1.0, -1.0, -1.0])


def assumed_fov_deg(width_px: int, height_px: int) -> float:
    """The vertical field of view in degrees that is assumed of a picture, where none is given.

    Up to 16:9 it is the default. A wider picture was cut at the top and the bottom, and keeps the horizontal field.
    A panorama is stitched from columns that were each seen straight on: it counts as seen from far away, since the
    perspective of one camera would turn the faces at its ends aside.
    """
    aspect = width_px / height_px
    if aspect <= WIDEST_LENS:
        return DEFAULT_VERTICAL_FOV_DEG
    across = math.tan(math.radians(DEFAULT_VERTICAL_FOV_DEG) / 2) * WIDEST_LENS
    if aspect > WIDEST_CUT:
        across = math.tan(math.radians(STITCHED_HORIZONTAL_FOV_DEG) / 2)
    return math.degrees(2 * math.atan(across / aspect))


class PoseFitter:
    """Fits poses for one field of view, by robust Gauss-Newton on the reprojection error.

    Cauchy weights reduce the influence of points that a rigid face does not fit, such as those of an open mouth or of
    raised brows.
    """

    def __init__(self, vertical_fov_deg: float = DEFAULT_VERTICAL_FOV_DEG) -> None:
        self.vertical_fov_deg = vertical_fov_deg
        self._points_cm = canonical_face().vertices_cm.astype(np.float64)
        self._rows_cm = np.ascontiguousarray(self._points_cm.T)

    def fit(
        self,
        landmarks_px: NDArray[np.float32],
        width_px: int,
        height_px: int,
        previous: NDArray[np.float32] | None = None,
    ) -> NDArray[np.float32]:
        """The (4, 4) float32 head-to-camera pose in cm that fits the canonical face to the landmarks.

        Args:
            landmarks_px: (468, 3).
            width_px: of the picture, whose centre is the principal point.
            height_px: of the picture.
            previous: the (4, 4) pose of the previous frame; starting from it saves most of the time.
        """
        focal = focal_px(height_px, self.vertical_fov_deg)
        centre = np.array([(width_px - 1) / 2, (height_px - 1) / 2])
        rays = (landmarks_px[:, :2] - centre) * (np.array([1, -1]) / focal)  # on the plane z = -1, y up
        if previous is None:
            rotation, shift = self._start(rays)
        else:
            rotation, shift = previous[:3, :3].astype(np.float64), previous[:3, 3].astype(np.float64)
        tolerance = TOLERANCE * float(np.linalg.norm(rays[RIGHT_EYE_OUTER] - rays[LEFT_EYE_OUTER]))
        seen, slope = np.ascontiguousarray(rays.T), np.zeros((6, 2, len(rays)))
        for _ in range(STEPS_FIRST if previous is None else STEPS_TRACKED):
            turn, move = _step(rotation @ self._rows_cm, shift, seen, tolerance, slope)
            rotation, shift = cv2.Rodrigues(turn)[0] @ rotation, shift + move
            if max(*map(abs, turn.tolist()), *(abs(each / shift[2]) for each in move.tolist())) < CONVERGED:
                break
        pose = np.eye(4, dtype=np.float32)
        pose[:3, :3], pose[:3, 3] = rotation, shift
        return pose

    def _start(self, rays: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """A closed-form pose (SQPnP; Terzakis and Lourakis, 2020) of rays, (468, 2).

        It fails on rays that are close together, so a face that is small in the picture is first moved to the middle
        and enlarged. Its perspective is weak: the result differs little.
        """
        middle = rays.mean(axis=0)
        enlarged = START_EXTENT / max(float(np.linalg.norm(np.ptp(rays, axis=0))), 1e-9)
        if enlarged < 1:
            middle, enlarged = np.zeros(2), 1.0
        downwards = (rays - middle) * enlarged * (1, -1)  # OpenCV's camera has y down and its view along +Z
        _, turn, shift = cv2.solvePnP(self._points_cm, downwards, np.eye(3), None, flags=cv2.SOLVEPNP_SQPNP)
        rotation, shift = FLIP @ cv2.Rodrigues(turn)[0], (FLIP @ shift)[:, 0]
        depth = shift[2] * enlarged  # negative
        return np.asarray(rotation, np.float64), np.array([*(shift[:2] - shift[2] * enlarged * middle), depth])


def _step(turned_cm: Array, shift_cm: Array, rays: Array, tolerance: float, slope: Array) -> tuple[Array, Array]:
    """One Gauss-Newton step: (3,) rotation vector in radians about the head's origin, and (3,) shift in cm.

    Args:
        turned_cm: (3, 468) rotated points of the head.
        shift_cm: (3,) position of the head's origin in the camera frame.
        rays: (2, 468) observed points on the plane z = -1.
        tolerance: the Cauchy scale on that plane.
        slope: (6, 2, 468) buffer for the derivatives of u and v by rotation x, y, z and shift x, y, z; zero at first.
            Entries that are always zero are not written.
    """
    near = -1 / (turned_cm[2] + shift_cm[2])  # one over depth
    seen = (turned_cm[:2] + shift_cm[:2, None]) * near
    residual = rays - seen
    weight = 1 / (tolerance**2 + residual[0] ** 2 + residual[1] ** 2)  # over the squared tolerance: of any size of face
    scaled = turned_cm * near
    by_x, by_y = seen * scaled[0], seen * scaled[1]
    slope[0], slope[1], slope[2, 0], slope[2, 1] = by_y, -by_x, -scaled[1], scaled[0]
    slope[0, 1] -= scaled[2]
    slope[1, 0] += scaled[2]
    slope[3, 0], slope[4, 1], slope[5] = near, near, seen * near
    weighted: Array = (slope * weight).reshape(6, -1)
    flat = slope.reshape(6, -1)
    # the matrix is symmetric and positive definite; NumPy's solver takes several times as long for so few numbers
    step = cast("Array", cv2.solve(weighted @ flat.T, weighted @ residual.reshape(-1, 1), flags=cv2.DECOMP_CHOLESKY)[1])
    return step[:3, 0], step[3:, 0]


def head_points_cm(pose: NDArray[np.float32], points_cm: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N, 3) points of the head frame, transformed to the camera frame by a (4, 4) pose."""
    return points_cm @ pose[:3, :3].T + pose[:3, 3]


def reprojection_error_px(
    landmarks_px: NDArray[np.float32],
    pose: NDArray[np.float32],
    width_px: int,
    height_px: int,
    vertical_fov_deg: float = DEFAULT_VERTICAL_FOV_DEG,
) -> NDArray[np.float32]:
    """(468,) distance in pixels between each landmark and the posed canonical face."""
    posed = head_points_cm(pose, canonical_face().vertices_cm)
    return np.linalg.norm(project(posed, width_px, height_px, vertical_fov_deg) - landmarks_px[:, :2], axis=1)
