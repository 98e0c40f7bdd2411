"""The fox's mouth: a shape on the muzzle that opens and bends, and the lines of the lips."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.overlay.fox.bodies import Body
from emoar.overlay.fox.movements import AvatarFace
from emoar.overlay.solid.model import of_length_1

__all__ = ["COLUMNS", "INSIDE_ROWS", "mouth_strips", "muzzle_z"]

COLUMNS: Final = 24
INSIDE_ROWS: Final = 7  # the open mouth follows the round muzzle
Array = NDArray[np.float64]


def muzzle_z(x: Array | float, y: Array | float) -> Array:
    """Depth of the muzzle's surface at places on it, in the head frame, cm."""
    inside = 1 - (np.asarray(x) / 6.4) ** 2 - ((np.asarray(y) + 4.6) / 4.6) ** 2
    return 3.2 + 6.6 * np.sqrt(np.maximum(inside, 0.02))


def mouth_strips(face: AvatarFace) -> tuple[Body, Body, Body]:
    """The mouth's inside, the upper and the lower lip; their numbers of points do not depend on the face."""
    t = np.linspace(-1, 1, COLUMNS + 1)
    x = 3.3 * face.mouth_width * (1 - 0.12 * face.jaw) * t
    corner = np.where(t > 0, face.smile_left, face.smile_right)
    top = -5.1 + 1.9 * corner * t * t - 0.25 * (1 - np.abs(t))  # a cat's lip: the middle hangs a little
    bottom = top - 3.7 * face.jaw * np.maximum(1 - t * t, 0) ** 0.8
    return (
        _strip(x, top, bottom, INSIDE_ROWS, 0.06),
        _strip(x, top + 0.16, top - 0.16, 2, 0.1),
        _strip(x, bottom + 0.14, bottom - 0.14, 2, 0.1),
    )


def _strip(x: Array, top: Array, bottom: Array, rows: int, lift: float) -> Body:
    """Columns of some points on the muzzle, from the top down."""
    y = np.linspace(top, bottom, rows, axis=1)
    across = np.broadcast_to(x[:, None], y.shape)
    points = np.stack([across, y, muzzle_z(across, y) + lift], axis=-1).reshape(-1, 3)
    triangles = _triangles(rows)
    return Body(points, _normals(points, triangles), triangles)


def _normals(points: Array, triangles: NDArray[np.int32]) -> Array:
    """(N, 3) of length 1: of each point the sum of its triangles' normals, which are as long as they are large."""
    a, b, c = (points[triangles[:, corner]] for corner in range(3))
    across = np.cross(b - a, c - a)
    normals = np.zeros_like(points)
    for corner in range(3):
        np.add.at(normals, triangles[:, corner], across)
    return of_length_1(normals).astype(np.float64)


@cache
def _triangles(rows: int) -> NDArray[np.int32]:
    column, row = np.meshgrid(np.arange(COLUMNS), np.arange(rows - 1), indexing="ij")
    first = rows * column + row
    pairs = np.stack([first, first + 1, first + rows, first + rows, first + 1, first + rows + 1], axis=-1)
    return pairs.reshape(-1, 3).astype(np.int32)
