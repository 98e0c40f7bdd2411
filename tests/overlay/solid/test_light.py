"""Light on surfaces that face the camera, the sky and the ground."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.overlay.solid.light import lit, to_linear
from emoar.overlay.solid.model import Group, Posed, Shape, model_of


def colours(normals: list[list[float]], colour: tuple[float, float, float] = (0.5, 0.5, 0.5)) -> np.ndarray:
    directions = np.array(normals, np.float32)
    triangles = np.zeros((1, 3), np.int32)
    model = model_of([Group(-1, np.eye(4))], [Shape(0, directions, directions, triangles, colour)])
    return lit(Posed(model, directions, directions))


def test_brightest_from_above_and_in_front_and_never_black() -> None:
    above, front, below, behind = colours([[0, 1, 0], [0, 0, 1], [0, -1, 0], [0, 0, -1]]).mean(axis=1)
    assert above > below > 0.2
    assert front > behind > 0.2


def test_the_key_light_is_warm_and_the_rim_light_is_cool() -> None:
    key, rim = colours([[0.32, 0.64, 0.7], [-0.8, 0.32, -0.5]])
    assert key[0] > key[2]
    assert rim[2] > rim[0]


def test_bright_light_is_white_at_most() -> None:
    assert colours([[0.32, 0.64, 0.7]], (1.0, 1.0, 1.0)).max() <= 1


def test_linear_light_of_srgb() -> None:
    np.testing.assert_allclose(to_linear((0, 128, 255)), [0, 0.2159, 1], atol=1e-4)
    assert to_linear((5, 5, 5))[0] == pytest.approx(5 / 255 / 12.92)
