"""Plain bodies: closed, with normals that point out."""

from __future__ import annotations

import math

import numpy as np
import pytest

from emoar.overlay.fox.bodies import Body, ball, capsule, cone

BODIES = {"ball": ball(20, 14), "capsule": capsule(0.5, 3, 6, 14), "cone": cone(4, 9, 28)}
VOLUMES = {"ball": 4 / 3 * math.pi, "capsule": math.pi * 0.25 * 3 + 4 / 3 * math.pi / 8, "cone": math.pi * 16 * 9 / 3}


def corners(body: Body) -> tuple[np.ndarray, ...]:
    return tuple(body.vertices[body.triangles[:, number]] for number in range(3))


@pytest.mark.parametrize("name", BODIES)
def test_triangles_enclose_the_volume_from_outside(name: str) -> None:
    """By the divergence theorem: a triangle that faces in, or a hole, would change the sum."""
    a, b, c = corners(BODIES[name])
    assert (a * np.cross(b, c)).sum() / 6 == pytest.approx(VOLUMES[name], rel=0.05)
    assert np.cross(b - a, c - a).sum(axis=0) == pytest.approx([0, 0, 0], abs=1e-9)


@pytest.mark.parametrize("name", BODIES)
def test_normals_point_out(name: str) -> None:
    body = BODIES[name]
    a, b, c = corners(body)
    out = np.cross(b - a, c - a)
    large = np.linalg.norm(out, axis=1) > 1e-6
    for number in range(3):
        assert ((body.normals[body.triangles[:, number]] * out).sum(axis=1)[large] > 0).all()
    np.testing.assert_allclose(np.linalg.norm(body.normals, axis=1), 1)


def test_a_cap_ends_at_its_angle() -> None:
    cap = ball(12, 6, math.pi / 2)
    assert cap.vertices[:, 1].min() == pytest.approx(0)
    assert cap.vertices[:, 1].max() == 1
