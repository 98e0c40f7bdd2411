"""The 468-point face mesh inside a region of the picture, and the regions to fit it in."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.face_landmarks import LEFT_EYE_OUTER, RIGHT_EYE_OUTER
from emoar.geometry import Region, apply_affine, box_of_points, invert_affine, region_matrix
from emoar.runtime import Session
from emoar.types import LANDMARK_COUNT, Detection

__all__ = ["FaceMesh", "MeshFit", "region_of_detection", "region_of_landmarks", "same_region"]

INPUT_PX: Final = 192
REGION_SCALE: Final = 1.5  # of the face's longer side: the framing that the model was trained on
# Two regions that differ by less give the same mesh, to 1 % of the eye distance (docs/decisions/0013).
SAME_PLACE: Final = 0.04  # distance of the centres, in sides
SAME_SIDE: Final = 0.06  # of the side
SAME_ANGLE_RAD: Final = math.radians(5)


@dataclass(frozen=True, eq=False)
class MeshFit:
    """The output of the mesh model for one region."""

    landmarks_px: NDArray[np.float32]  # (468, 3), in the picture
    presence: float  # 0..1, probability that there is a face


class FaceMesh:
    """Fits the mesh to one face at a time."""

    def __init__(self, model: Path, threads: int = 1) -> None:
        outputs = {"landmarks": (1, 1, 1, LANDMARK_COUNT * 3), "presence": (1, 1, 1, 1)}
        self._session = Session(model, (1, INPUT_PX, INPUT_PX, 3), outputs, threads)

    def fit(self, image: NDArray[np.uint8], region: Region) -> MeshFit:
        """Landmarks and presence in `region` of an (H, W, 3) RGB picture, whether or not a face is there."""
        matrix = region_matrix(region, INPUT_PX)
        crop = _warp(image, matrix)
        np.multiply(crop, np.float32(1 / 255), out=self._session.input()[0])
        output = self._session.run()
        points = output["landmarks"].reshape(LANDMARK_COUNT, 3)
        landmarks = np.empty_like(points)
        landmarks[:, :2] = apply_affine(invert_affine(matrix), points[:, :2])
        landmarks[:, 2] = points[:, 2] * (region.side_px / INPUT_PX)
        logit = float(output["presence"].item())
        return MeshFit(landmarks, 1 / (1 + math.exp(-min(max(logit, -50.0), 50.0))))

    def close(self) -> None:
        """Frees the model."""
        self._session.close()


def _warp(image: NDArray[np.uint8], matrix: NDArray[np.float64]) -> NDArray[np.uint8]:
    """The (192, 192, 3) crop of a picture by a 2x3 picture-to-crop matrix; black beyond the picture.

    OpenCV warps four channels in less than half the time of three, so the needed part gets a fourth channel first.
    """
    (a, b, x), (c, d, y) = invert_affine(matrix).tolist()
    (x0, x1), (y0, y1) = _reach(a, b, x), _reach(c, d, y)
    height, width = image.shape[:2]
    left, top = max(math.floor(x0), 0), max(math.floor(y0), 0)
    right, bottom = min(math.ceil(x1) + 1, width), min(math.ceil(y1) + 1, height)
    if left >= right or top >= bottom:
        return np.zeros((INPUT_PX, INPUT_PX, 3), np.uint8)
    part = cv2.cvtColor(image[top:bottom, left:right], cv2.COLOR_RGB2RGBA)
    moved = matrix.copy()
    moved[:, 2] += matrix[:, :2] @ (left, top)
    crop = cv2.warpAffine(part, moved, (INPUT_PX, INPUT_PX), flags=cv2.INTER_LINEAR)
    return cv2.cvtColor(crop, cv2.COLOR_RGBA2RGB).astype(np.uint8, copy=False)


def _reach(along_x: float, along_y: float, start: float) -> tuple[float, float]:
    """Least and greatest coordinate of the crop's corners in the picture, one pixel of the crop beyond its edge."""
    ends = [(-part, part * INPUT_PX) for part in (along_x, along_y)]
    return start + sum(map(min, ends)), start + sum(map(max, ends))


def region_of_detection(detection: Detection) -> Region:
    """The mesh's region for a detected face: a square around its box, rotated by the roll of the eye line."""
    left, top, right, bottom = detection.box_xyxy_px.tolist()
    side = max(right - left, bottom - top) * REGION_SCALE
    angle = _angle(detection.keypoints_px[0], detection.keypoints_px[1])
    return Region((left + right) / 2, (top + bottom) / 2, side, angle)


def region_of_landmarks(landmarks_px: NDArray[np.float32]) -> Region:
    """The mesh's region for the next frame: around the (468, 3) landmarks, rotated by the roll of the eye line."""
    angle = _angle(landmarks_px[RIGHT_EYE_OUTER], landmarks_px[LEFT_EYE_OUTER])
    cos, sin = math.cos(angle), math.sin(angle)
    upright = landmarks_px[:, :2] @ np.array([[cos, -sin], [sin, cos]], np.float32)
    left, top, right, bottom = box_of_points(upright).tolist()
    x, y = (left + right) / 2, (top + bottom) / 2
    side = max(right - left, bottom - top) * REGION_SCALE
    return Region(cos * x - sin * y, sin * x + cos * y, side, angle)


def same_region(a: Region, b: Region) -> bool:
    """Whether two regions are so close that the model gives the same mesh."""
    apart = math.hypot(a.centre_x_px - b.centre_x_px, a.centre_y_px - b.centre_y_px)
    return (
        apart < SAME_PLACE * b.side_px
        and abs(a.side_px - b.side_px) < SAME_SIDE * b.side_px
        and abs(math.remainder(a.angle_rad - b.angle_rad, math.tau)) < SAME_ANGLE_RAD
    )


def _angle(right_eye: NDArray[np.float32], left_eye: NDArray[np.float32]) -> float:
    """Roll of the eye line in radians, clockwise in the picture."""
    return math.atan2(float(left_eye[1] - right_eye[1]), float(left_eye[0] - right_eye[0]))
