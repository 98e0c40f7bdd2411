"""Boxes, rotated regions and projections. Each transform has its inverse beside it.

Matrices are 2x3 affine in pixels: `point_out = M[:, :2] @ point_in + M[:, 2]`. Pixel (0, 0) is the centre of the
upper left pixel, as in OpenCV.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Region",
    "apply_affine",
    "area_of_boxes",
    "box_of_points",
    "focal_px",
    "intersection_over_smaller",
    "invert_affine",
    "iou",
    "means_of_points",
    "project",
    "region_matrix",
    "similarity_between",
    "unproject",
    "yaw_pitch_roll_deg",
]

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Region:
    """A rotated square in a picture."""

    centre_x_px: float
    centre_y_px: float
    side_px: float
    angle_rad: float  # clockwise in the picture, 0 is upright


def box_of_points(points: NDArray[np.floating]) -> Array:
    """The (4,) xyxy box around (N, 2 or more) points."""
    columns = np.ascontiguousarray(points[:, :2].T)  # reducing along contiguous rows is five times as fast
    return np.concatenate([columns.min(axis=1), columns.max(axis=1)]).astype(np.float32, copy=False)


def means_of_points(
    points: NDArray[np.floating], indices: Mapping[str, Sequence[int]]
) -> dict[str, tuple[float, float]]:
    """(x, y) of the means of some of (N, 2 or more) points, by name."""
    counts = np.array([len(of_one) for of_one in indices.values()])
    chosen = points[[index for of_one in indices.values() for index in of_one], :2]
    means = np.add.reduceat(chosen, np.cumsum(counts) - counts) / counts[:, None].astype(points.dtype)
    return {name: (x, y) for name, (x, y) in zip(indices, means.tolist(), strict=True)}


def area_of_boxes(boxes: NDArray[np.floating]) -> NDArray[np.floating]:
    """(..., 4) xyxy -> (...,) area in square pixels; zero for a box with right < left or bottom < top."""
    sides = np.maximum(boxes[..., 2:] - boxes[..., :2], 0)
    return sides[..., 0] * sides[..., 1]


def iou(box: NDArray[np.floating], boxes: NDArray[np.floating]) -> NDArray[np.floating]:
    """(N,) intersection over union of one (4,) box with (N, 4) boxes, 0..1; 0 where both are empty."""
    both = _intersection(box, boxes)
    union = area_of_boxes(box) + area_of_boxes(boxes) - both
    return both / np.maximum(union, 1e-9)


def intersection_over_smaller(box: NDArray[np.floating], boxes: NDArray[np.floating]) -> NDArray[np.floating]:
    """(N,) intersection of one (4,) box with (N, 4) boxes over the smaller area: 1 where one box contains the other."""
    smaller = np.minimum(area_of_boxes(box), area_of_boxes(boxes))
    return _intersection(box, boxes) / np.maximum(smaller, 1e-9)


def _intersection(box: NDArray[np.floating], boxes: NDArray[np.floating]) -> NDArray[np.floating]:
    low = np.maximum(box[:2], boxes[:, :2])
    high = np.minimum(box[2:], boxes[:, 2:])
    return area_of_boxes(np.concatenate([low, high], axis=1))


def region_matrix(region: Region, size_px: int) -> NDArray[np.float64]:
    """The 2x3 matrix from the picture to a (size, size) crop of the region; `invert_affine` gives its inverse."""
    scale = size_px / region.side_px
    cos, sin = scale * math.cos(region.angle_rad), scale * math.sin(region.angle_rad)
    x, y, middle = region.centre_x_px, region.centre_y_px, (size_px - 1) / 2
    return np.array([[cos, sin, middle - cos * x - sin * y], [-sin, cos, middle + sin * x - cos * y]])


def invert_affine(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """The inverse of a 2x3 affine matrix, 2x3."""
    (a, b, x), (c, d, y) = matrix.tolist()
    determinant = a * d - b * c
    a, b, c, d = d / determinant, -b / determinant, -c / determinant, a / determinant
    return np.array([[a, b, -a * x - b * y], [c, d, -c * x - d * y]])


def apply_affine(matrix: NDArray[np.float64], points: NDArray[np.floating]) -> Array:
    """(N, 2) points, transformed by a 2x3 matrix."""
    return (points @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)


def similarity_between(source: NDArray[np.floating], target: NDArray[np.floating]) -> NDArray[np.float64]:
    """The 2x3 matrix of rotation, uniform scale and shift that maps (N, 2) source to target with least squared error.

    It is Umeyama's method (1991) in two dimensions, where it has a closed form; it never mirrors.
    """
    mean_source, mean_target = source.mean(axis=0), target.mean(axis=0)
    s, t = source - mean_source, target - mean_target
    variance = float((s * s).sum())
    a = float((s * t).sum()) / variance
    b = float((s[:, 0] * t[:, 1] - s[:, 1] * t[:, 0]).sum()) / variance
    linear = np.array([[a, -b], [b, a]])
    return np.column_stack([linear, mean_target - linear @ mean_source])


def focal_px(height_px: int, vertical_fov_deg: float) -> float:
    """Focal length in pixels of a camera with this vertical field of view and picture height."""
    return 0.5 * height_px / math.tan(math.radians(vertical_fov_deg) / 2)


def project(points_cm: NDArray[np.floating], width_px: int, height_px: int, vertical_fov_deg: float) -> Array:
    """(N, 3) camera-frame points (y up, camera facing -Z) -> (N, 2) pixels; `unproject` is the inverse."""
    focal = focal_px(height_px, vertical_fov_deg)
    depth = -points_cm[:, 2]
    x = (width_px - 1) / 2 + focal * points_cm[:, 0] / depth
    y = (height_px - 1) / 2 - focal * points_cm[:, 1] / depth
    return np.stack([x, y], axis=1).astype(np.float32)


def unproject(
    points_px: NDArray[np.floating],
    depth_cm: NDArray[np.floating],
    width_px: int,
    height_px: int,
    vertical_fov_deg: float,
) -> Array:
    """(N, 2) pixels and their (N,) positive depth -> (N, 3) camera-frame points in cm."""
    focal = focal_px(height_px, vertical_fov_deg)
    x = (points_px[:, 0] - (width_px - 1) / 2) * depth_cm / focal
    y = ((height_px - 1) / 2 - points_px[:, 1]) * depth_cm / focal
    return np.stack([x, y, -np.asarray(depth_cm)], axis=1).astype(np.float32)


def yaw_pitch_roll_deg(rotation: NDArray[np.floating]) -> tuple[float, float, float]:
    """The angles of a (3, 3) rotation of a head in degrees.

    Yaw: positive to the person's left. Pitch: positive upwards. Roll: positive when the head leans to the person's
    left shoulder (clockwise in the picture).
    """
    r = rotation
    yaw = math.asin(float(np.clip(r[0, 2], -1, 1)))
    pitch = math.atan2(float(r[1, 2]), float(r[2, 2]))
    roll = math.atan2(float(-r[0, 1]), float(r[0, 0]))
    return math.degrees(yaw), math.degrees(pitch), -math.degrees(roll)
