"""The mouth lies on the muzzle, and opens and bends."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.overlay.fox.mouth import COLUMNS, INSIDE_ROWS, mouth_strips, muzzle_z
from emoar.overlay.fox.movements import AT_REST, AvatarFace


def inside(face: AvatarFace) -> tuple[np.ndarray, np.ndarray]:
    """(columns, 3) upper and lower edge of the opening, from the person's right to the left."""
    points = mouth_strips(face)[0].vertices.reshape(COLUMNS + 1, INSIDE_ROWS, 3)
    return points[:, 0], points[:, -1]


def test_lies_on_the_muzzle() -> None:
    for strip in mouth_strips(AvatarFace(jaw=0.9, smile_left=0.6)):
        corners = strip.vertices[strip.triangles]  # and the middle of each triangle, or the muzzle would show through
        x, y, z = np.concatenate([strip.vertices, corners.mean(axis=1)]).T
        assert (z - muzzle_z(x, y)).min() > -0.02  # the drawn muzzle has flat triangles, inside this surface
        assert (z - muzzle_z(x, y)).max() < 0.2


def test_opens_with_the_jaw() -> None:
    gaps = [(upper - lower)[:, 1].max() for upper, lower in (inside(AvatarFace(jaw=jaw)) for jaw in (0.0, 0.5, 1.0))]
    assert gaps == pytest.approx([0, 1.85, 3.7], abs=0.01)


def test_each_corner_bends_by_its_own_side() -> None:
    upper, _ = inside(AvatarFace(smile_left=1.0, smile_right=-1.0))
    rest, _ = inside(AT_REST)
    assert upper[-1, 0] > 0  # the person's left
    assert upper[-1, 1] > rest[-1, 1] + 1.5
    assert upper[0, 1] < rest[0, 1] - 1.5
    assert upper[COLUMNS // 2, 1] == pytest.approx(rest[COLUMNS // 2, 1])


def test_is_as_wide_as_told() -> None:
    wide, narrow = (np.ptp(inside(AvatarFace(mouth_width=width))[0][:, 0]) for width in (1.3, 0.65))
    assert wide / narrow == pytest.approx(2)


def test_faces_the_viewer() -> None:
    for strip in mouth_strips(AvatarFace(jaw=0.6)):
        a, b, c = (strip.vertices[strip.triangles[:, corner]] for corner in range(3))
        assert (np.cross(b - a, c - a)[:, 2] >= -1e-9).all()
        assert (strip.normals[:, 2] >= 0).all()
