"""Plain bodies with smooth normals, as three.js makes them for the browser: y is up, triangles face out."""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Body", "ball", "capsule", "cone"]

Array = NDArray[np.float64]


class Body(NamedTuple):
    """A body in its own frame."""

    vertices: Array  # (N, 3)
    normals: Array  # (N, 3) of length 1
    triangles: NDArray[np.int32]  # (M, 3), counter-clockwise seen from outside


@cache
def ball(columns: int, rows: int, down_rad: float = math.pi) -> Body:
    """A ball of radius 1, or its cap down to an angle from the top."""
    down = np.linspace(0, down_rad, rows + 1)
    points = _rings(columns, np.sin(down), np.cos(down))
    return Body(points, points, _walls(columns, rows))


@cache
def capsule(radius: float, length: float, rows: int, columns: int) -> Body:
    """A cylinder with half balls of some rows at its ends."""
    down = np.linspace(0, math.pi / 2, rows + 1)
    angles = np.concatenate([down, down + math.pi / 2])
    middle = np.repeat([length / 2, -length / 2], rows + 1)
    normals = _rings(columns, np.sin(angles), np.cos(angles))
    points = radius * normals
    points[:, 1] += np.repeat(middle, columns + 1)
    return Body(points, normals, _walls(columns, 2 * rows + 1))


@cache
def cone(radius: float, height: float, columns: int) -> Body:
    """A closed cone whose middle is the origin."""
    side = _rings(columns, np.array([0.0, radius]), np.array([height / 2, -height / 2]))
    slopes = _rings(columns, np.ones(2), np.full(2, radius / height))
    slopes /= np.linalg.norm(slopes, axis=1)[:, None]
    rim = side[columns + 1 :]
    centre = np.array([[0.0, -height / 2, 0.0]])
    first = len(side)
    number = np.arange(columns)
    cap = np.stack([first + number + 1, first + number, np.full(columns, first + columns + 1)], axis=1)
    down = np.tile([0.0, -1.0, 0.0], (columns + 2, 1))
    return Body(
        np.concatenate([side, rim, centre]),
        np.concatenate([slopes, down]),
        np.concatenate([_walls(columns, 1), cap]).astype(np.int32),
    )


def _rings(columns: int, radii: Array, heights: Array) -> Array:
    """(rings * (columns + 1), 3) rings about y, from the top; the last point of each ring is its first."""
    turn = np.linspace(0, 2 * math.pi, columns + 1)
    x, z = np.outer(radii, -np.cos(turn)), np.outer(radii, np.sin(turn))
    return np.stack([x, np.broadcast_to(heights[:, None], x.shape), z], axis=-1).reshape(-1, 3)


def _walls(columns: int, bands: int) -> NDArray[np.int32]:
    """(2 * columns * bands, 3) triangles between rings; those at a pole are as thin as a line, and not seen."""
    column, band = np.meshgrid(np.arange(columns), np.arange(bands))
    upper = band * (columns + 1) + column
    lower = upper + columns + 1
    pairs = [np.stack([upper + 1, upper, lower + 1], -1), np.stack([upper, lower, lower + 1], -1)]
    return np.concatenate([pair.reshape(-1, 3) for pair in pairs]).astype(np.int32)
