"""Places of points in the picture, and in a part of it."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.geometry import project
from emoar.overlay.solid.camera import Camera
from emoar.types import Frame

CAMERA = Camera.of(Frame(np.zeros((48, 64, 3), np.uint8)), 45.0)
POINTS = np.array([[0, 0, -60], [10, -5, -60], [-3, 4, -30]], np.float32)


def test_places_are_those_of_the_pose_from_the_corner_on() -> None:
    np.testing.assert_allclose(CAMERA.places(POINTS), project(POINTS, 64, 48, 45.0) + 0.5, atol=1e-4)


def test_a_point_behind_the_camera_has_a_finite_place() -> None:
    assert np.isfinite(CAMERA.places(np.array([[1, 1, 5], [0, 0, 0]], np.float32))).all()


@pytest.mark.parametrize(
    ("bounds", "window"),
    [
        ([3.2, 4.9, 10.0, 11.1], (3, 4, 7, 8)),
        ([-9, -9, 5, 5], (0, 0, 5, 5)),
        ([60, 40, 99, 99], (60, 40, 4, 8)),
        ([-9, 3, -1, 5], None),
        ([3, 50, 5, 60], None),
    ],
)
def test_windows_are_whole_pixels_inside_the_picture(bounds: list[float], window: tuple[int, ...] | None) -> None:
    found = CAMERA.window(np.array([bounds]))
    assert (None if found is None else found[:4]) == window
    assert CAMERA.window(np.empty((0, 4))) is None


def test_a_part_of_a_window_has_the_same_samples() -> None:
    window = CAMERA.window(np.array([[10, 10, 30, 25]]))
    assert window is not None
    finer = window.finer(1.5)
    assert (finer.rows, finer.columns) == (22, 30)
    rows, columns, part = finer.part(np.array([14.1, 12.0, 18.9, 20.0]))
    assert (columns.start, columns.stop) == (6, 14)
    assert part.left == pytest.approx(10 + 6 / 1.5)
    assert part.width / part.columns == pytest.approx(finer.width / finer.columns)
    assert (rows.stop - rows.start, columns.stop - columns.start) == (part.rows, part.columns)
    rows, columns, part = finer.part(np.array([-50, -50, -40, -40]))
    assert part.rows == part.columns == 1
