"""How far each part of the mesh faces the camera, and its depth order, from the (468, 3) landmarks alone."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from emoar.canonical import canonical_face
from emoar.types import LANDMARK_COUNT

__all__ = ["edges", "facing_of_triangles", "facing_of_vertices", "near_last", "smoothstep"]


def facing_of_triangles(landmarks_px: NDArray[np.float32]) -> NDArray[np.float32]:
    """(898,) from -1 to 1: 1 faces the camera, 0 is edge-on, negative faces away."""
    normals = _normals(landmarks_px)
    length = np.linalg.norm(normals, axis=1)
    return (-normals[:, 2] / np.maximum(length, 1e-9)).astype(np.float32)


def facing_of_vertices(landmarks_px: NDArray[np.float32]) -> NDArray[np.float32]:
    """(468,) from -1 to 1: the mean of the triangles around each vertex, weighted by their area."""
    normals, triangles = _normals(landmarks_px), canonical_face().triangles
    sums = np.stack(
        [np.bincount(triangles.ravel(), np.repeat(normals[:, axis], 3), LANDMARK_COUNT) for axis in range(3)], axis=1
    )
    return (-sums[:, 2] / np.maximum(np.linalg.norm(sums, axis=1), 1e-9)).astype(np.float32)


def near_last(landmarks_px: NDArray[np.float32], triangles: NDArray[np.int32]) -> NDArray[np.int32]:
    """(N, 3) triangles sorted from far to near, so that drawing them in order hides what is behind."""
    depth = landmarks_px[triangles, 2].mean(axis=1)  # z is negative towards the camera
    return triangles[np.argsort(-depth, kind="stable")]


@cache
def edges() -> NDArray[np.int32]:
    """(M, 2) landmark indices of the mesh's edges, each edge once."""
    triangles = canonical_face().triangles
    pairs = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    return np.unique(np.sort(pairs, axis=1), axis=0)


def smoothstep(low: float, high: float, value: NDArray[np.float32]) -> NDArray[np.float32]:
    """0 below `low`, 1 above `high`, a smooth cubic between; any shape, the same in and out."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return (t * t * (3 - 2 * t)).astype(np.float32)


def _normals(landmarks_px: NDArray[np.float32]) -> NDArray[np.float32]:
    """(898, 3) normals, twice as long as the triangle's area; z is negative where the triangle faces the camera."""
    a, b, c = (landmarks_px[canonical_face().triangles[:, corner]] for corner in range(3))
    return np.cross(b - a, c - a)
