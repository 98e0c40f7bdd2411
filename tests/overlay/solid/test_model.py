"""Models in camera space."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.overlay.solid.model import Group, Shape, for_normals, model_of, rotation
from emoar.overlay.solid.motion import Motion

SQUARE = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], np.float32)
OUT = np.array([[0, 0, 1]] * 4, np.float32)
TRIANGLES = np.array([[0, 1, 2], [0, 2, 3]], np.int32)


def shape(group: int = 0, opacity: float = 1.0) -> Shape:
    return Shape(group, SQUARE, OUT, TRIANGLES, (1.0, 1.0, 1.0), opacity=opacity)


def test_opaque_shapes_are_one_part_and_each_glass_is_its_own() -> None:
    model = model_of([Group(-1, np.eye(4))], [shape(opacity=0.5), shape(), shape(opacity=0.2), shape()])
    assert [part.opacity for part in model.parts] == [1.0, 0.5, 0.2]
    assert [part.triangles for part in model.parts] == [slice(0, 4), slice(4, 6), slice(6, 8)]
    assert model.triangles.max() == len(model.vertices) - 1 == 15
    assert model.spans == ((0, slice(0, 16)),)


def test_groups_turn_about_their_own_place() -> None:
    spin = Group(0, np.eye(4), translation=(5.0, 0.0, 0.0), motion=Motion("spin", period_s=4))
    model = model_of([Group(-1, np.eye(4)), spin], [shape(1)])
    posed = model.posed(np.eye(4), time_s=1)
    np.testing.assert_allclose(posed.vertices[1], [5, 0, -1], atol=1e-6)  # x has become -z
    np.testing.assert_allclose(posed.normals[0], [1, 0, 0], atol=1e-6)


def test_normals_stay_upright_on_a_stretched_surface() -> None:
    linear = np.diag([1.0, 10.0, 1.0])
    slope, normal = np.array([1.0, 1.0, 0.0]), np.array([-1.0, 1.0, 0.0])
    assert (linear @ slope) @ (for_normals(linear) @ normal) == pytest.approx(0)
    assert np.isfinite(for_normals(np.zeros((3, 3)))).all()  # what has vanished has none


def test_rotation_of_a_quaternion() -> None:
    half = np.sqrt(0.5)
    np.testing.assert_allclose(rotation((0, 0, half, half)) @ [1, 0, 0], [0, 1, 0], atol=1e-12)
