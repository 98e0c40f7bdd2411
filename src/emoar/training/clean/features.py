"""Features for a fast classifier: histograms of oriented gradients, and mesh shapes. No network is needed."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.face_landmarks import LEFT_EYE_OUTER, RIGHT_EYE_OUTER
from emoar.training.data.resize import resized
from emoar.training.faces.landmarks import CropLandmarks

__all__ = ["PrincipalComponents", "gradient_histograms", "mesh_shapes"]

SIDE_PX: Final = 48
CELL_PX: Final = 6
DIRECTIONS: Final = 8  # bins of unsigned gradient directions, over 180 degrees
CHUNK: Final = 1000


def gradient_histograms(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(N, 1568) HOG features (Dalal and Triggs, 2005) of (N, S, S[, 3]) images, which are resized to 48 px.

    There are 7 x 7 overlapping blocks of 2 x 2 cells of 6 x 6 pixels, with 8 directions.
    """
    parts = [_histograms(images[start : start + CHUNK]) for start in range(0, len(images), CHUNK)]
    return np.concatenate(parts)


def _histograms(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    grey = np.stack([resized(image, SIDE_PX, colour=False) for image in images]).astype(np.float32)
    along_x, along_y = np.zeros_like(grey), np.zeros_like(grey)
    along_x[:, :, 1:-1] = grey[:, :, 2:] - grey[:, :, :-2]
    along_y[:, 1:-1] = grey[:, 2:] - grey[:, :-2]
    strength = np.hypot(along_x, along_y)
    place = (np.arctan2(along_y, along_x) % np.pi) * np.float32(DIRECTIONS / np.pi)
    lower = np.floor(place)
    share = place - lower
    lower = lower.astype(np.int8) % DIRECTIONS
    cells = SIDE_PX // CELL_PX
    bins = np.empty((len(grey), cells, cells, DIRECTIONS), np.float32)
    for direction in range(DIRECTIONS):
        weight = np.where(lower == direction, 1 - share, np.where((lower + 1) % DIRECTIONS == direction, share, 0))
        bins[..., direction] = (strength * weight).reshape(-1, cells, CELL_PX, cells, CELL_PX).sum(axis=(2, 4))
    blocks = np.concatenate([bins[:, :-1, :-1], bins[:, 1:, :-1], bins[:, :-1, 1:], bins[:, 1:, 1:]], axis=-1)
    blocks /= np.sqrt((blocks**2).sum(axis=-1, keepdims=True) + 1e3)
    return np.minimum(blocks, 0.4).reshape(len(grey), -1)


def mesh_shapes(mesh: CropLandmarks) -> NDArray[np.float32]:
    """(N, 936) x and y of the landmarks, centred, upright, with an eye distance of 1; the mean shape without a mesh."""
    points = mesh.landmarks_px[:, :, :2] - mesh.landmarks_px[:, :, :2].mean(axis=1, keepdims=True)
    eyes = points[:, LEFT_EYE_OUTER] - points[:, RIGHT_EYE_OUTER]
    length = np.maximum((eyes**2).sum(axis=1), 1e-6)
    cosine, sine = (eyes / length[:, None]).T  # divided by the squared length, so that it rotates and scales
    turned = np.stack(
        [
            cosine[:, None] * points[..., 0] + sine[:, None] * points[..., 1],
            cosine[:, None] * points[..., 1] - sine[:, None] * points[..., 0],
        ],
        axis=-1,
    )
    turned[~mesh.found] = turned[mesh.found].mean(axis=0) if mesh.found.any() else 0
    return turned.reshape(len(points), -1).astype(np.float32)


class PrincipalComponents:
    """A PCA of (N, F) features with damped whitening: the components have at most unit variance."""

    def __init__(self, features: NDArray[np.float32], count: int) -> None:
        self._mean = features.mean(axis=0)
        centred = features - self._mean
        values, vectors = np.linalg.eigh(centred.T @ centred / max(len(centred) - 1, 1))
        kept = values[::-1][:count]
        scale = np.sqrt(np.maximum(kept, 0) + 0.5 * float(values.mean()) + 1e-9)  # damped: low variances are noise
        self._projection = (vectors[:, ::-1][:, :count] / scale).astype(np.float32)

    def __call__(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Projects (N, F) features to (N, count) components."""
        return (features - self._mean) @ self._projection
