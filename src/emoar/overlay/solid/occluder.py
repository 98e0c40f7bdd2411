"""Heads that hide what is behind them: the face's mesh, an average skull and a neck, which nobody sees.

They are those of `web/src/overlay/face/occluder.ts`.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.canonical import canonical_face
from emoar.geometry import focal_px
from emoar.overlay.solid.raster import Mesh
from emoar.types import Face, Frame

__all__ = ["camera_positions", "head_mesh", "head_of"]

# In the head frame, cm: a little inside the hair, so that hats stay visible, and behind every point of the face.
SKULL_MIDDLE: Final = (0.0, 3.4, -4.2)
SKULL_RADII: Final = (7.5, 9.9, 7.9)
NECK_MIDDLE: Final = (0.0, -12.0, -5.4)
NECK_RADIUS: Final = 5.4
NECK_HEIGHT: Final = 16.0
NECK_WIDER: Final = 1.15  # at its lower end
BEHIND_CM: Final = 0.1  # what lies on the skin is in front of it
_AROUND, _DOWN = 32, 24  # parts of the skull
_NECK_AROUND, _NECK_DOWN = 24, 6  # and of the neck: long walls are slow to draw


def camera_positions(face: Face, frame: Frame, pose: NDArray[np.floating]) -> NDArray[np.float32]:
    """(468, 3) cm: the mesh exactly over the landmarks, with the depth of the average face in that pose."""
    vertices = canonical_face().vertices_cm
    depth = np.maximum(-(vertices @ pose[2, :3].astype(np.float32) + np.float32(pose[2, 3])), 1.0)
    middle = np.array([(frame.width_px - 1) / 2, (frame.height_px - 1) / 2], np.float32)
    scale = depth[:, None] / np.float32(focal_px(frame.height_px, face.vertical_fov_deg))
    flat = (face.landmarks_px[:, :2] - middle) * np.array([1, -1], np.float32) * scale
    return np.column_stack([flat, -depth]).astype(np.float32)


def head_of(face: Face, frame: Frame) -> Mesh:
    """A head in camera space, where the face is in this frame alone."""
    return head_mesh(camera_positions(face, frame, face.pose), face.pose)


def head_mesh(positions_cm: NDArray[np.float32], pose: NDArray[np.floating]) -> Mesh:
    """A head in camera space: its face with the positions of `camera_positions`, skull and neck by the (4, 4) pose."""
    places, triangles = _skull_and_neck()
    moved = places @ pose[:3, :3].T.astype(np.float32) + pose[:3, 3].astype(np.float32)
    vertices = np.concatenate([positions_cm, moved])
    vertices *= (1 + BEHIND_CM / np.maximum(-vertices[:, 2:], 1.0)).astype(np.float32)
    return Mesh(vertices, triangles)


@cache
def _skull_and_neck() -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """(N, 3) points in the head frame, and the triangles of the whole head: the face's points come before them."""
    face = canonical_face()
    down = np.linspace(0, np.pi, _DOWN + 1)
    ball = _rings(_AROUND, np.sin(down), np.cos(down))
    neck = _rings(_NECK_AROUND, np.linspace(1, NECK_WIDER, _NECK_DOWN + 1), np.linspace(0.5, -0.5, _NECK_DOWN + 1))
    places = np.concatenate(
        [
            ball * SKULL_RADII + np.array(SKULL_MIDDLE),
            neck * (NECK_RADIUS, NECK_HEIGHT, NECK_RADIUS) + np.array(NECK_MIDDLE),
        ]
    )
    first = len(face.vertices_cm)
    parts = [face.triangles, _walls(_AROUND, _DOWN) + first, _walls(_NECK_AROUND, _NECK_DOWN) + first + len(ball)]
    return places.astype(np.float32), np.concatenate(parts).astype(np.int32)


def _rings(around: int, radii: NDArray[np.float64], heights: NDArray[np.float64]) -> NDArray[np.float64]:
    """(R * around, 3): rings about y, from the top."""
    turn = np.linspace(0, 2 * np.pi, around, endpoint=False)
    x, z = np.outer(radii, np.sin(turn)), np.outer(radii, np.cos(turn))
    return np.stack([x, np.broadcast_to(heights[:, None], x.shape), z], axis=-1).reshape(-1, 3)


def _walls(around: int, bands: int) -> NDArray[np.int32]:
    """(2 * around * bands, 3) triangles between rings, counter-clockwise seen from outside."""
    column, band = np.meshgrid(np.arange(around), np.arange(bands))
    upper = band * around + column
    beside = band * around + (column + 1) % around
    lower, corner = upper + around, beside + around
    pairs = [np.stack([upper, lower, beside], -1), np.stack([beside, lower, corner], -1)]
    return np.concatenate([pair.reshape(-1, 3) for pair in pairs]).astype(np.int32)
