"""The rasteriser: what is nearer hides what is behind it, and pixels lie where the camera has them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from emoar.errors import DependencyMissing
from emoar.overlay.solid import raster
from emoar.overlay.solid.camera import Camera
from emoar.overlay.solid.model import Group, Posed, Shape, model_of
from emoar.overlay.solid.raster import Mesh, check_rasteriser, depth_of, empty_depth, picture_of, shaded, window_of
from emoar.types import Frame

CAMERA = Camera.of(Frame(np.zeros((100, 160, 3), np.uint8)), 45.0)
TRIANGLES = np.array([[0, 1, 2], [0, 2, 3]], np.int32)


def corners(left: float, top: float, right: float, bottom: float, depth_cm: float) -> np.ndarray:
    """(4, 3) a rectangle that lies at these places of the picture."""
    places = np.array([[left, bottom], [right, bottom], [right, top], [left, top]])
    flat = (places - [80, 50]) * [1, -1] * depth_cm / CAMERA.focal_px
    return np.column_stack([flat, np.full(4, -depth_cm)]).astype(np.float32)


def rectangle(*place: float, colour: tuple[float, float, float] = (1.0, 1.0, 1.0), opacity: float = 1.0) -> Posed:
    vertices = corners(*place)  # type: ignore[arg-type]
    normals = np.array([[0, 0, 1]] * 4, np.float32)
    shape = Shape(0, vertices, normals, TRIANGLES, (0.0, 0.0, 0.0), colour, opacity)  # it glows: light does not matter
    return Posed(model_of([Group(-1, np.eye(4))], [shape]), vertices, normals)


def drawn(posed: Posed, *before: Mesh) -> tuple[np.ndarray, tuple[float, ...]]:
    parts = shaded(posed, CAMERA)
    window = window_of(parts, CAMERA)
    assert window is not None
    depth = depth_of(before, CAMERA, window)
    return picture_of(parts, CAMERA, window, depth), window[:4]


@pytest.mark.parametrize("sharpest", [1.0, 1.37, 2.0])
def test_a_rectangle_fills_its_pixels(sharpest: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raster, "SHARPEST", sharpest)
    rgba, place = drawn(rectangle(20.001, 30.001, 49.999, 69.999, 40))
    assert place == (20, 30, 30, 40)
    assert (rgba[1:-1, 1:-1] == 255).all()
    assert rgba[..., 3].mean() > 250


def test_edges_are_smooth() -> None:
    rgba, place = drawn(rectangle(20.5, 30, 50, 70, 40))
    assert place[0] == 20
    assert 90 < rgba[20, 0, 3] < 165
    np.testing.assert_array_equal(rgba[20, 0, :3], rgba[20, 0, 3])  # premultiplied


def test_what_is_nearer_hides_and_what_is_behind_does_not() -> None:
    half = Mesh(corners(20, 30, 35, 70, 39.5), TRIANGLES)
    rgba, _ = drawn(rectangle(20, 30, 50, 70, 40), half)
    assert rgba[:, 1:14, 3].max() == 0
    assert rgba[:, 17:-1, 3].min() == 255
    behind = Mesh(corners(20, 30, 35, 70, 40.5), TRIANGLES)
    assert drawn(rectangle(20, 30, 50, 70, 40), behind)[0][..., 3].min() == 255


def test_glass_is_mixed_with_what_is_behind_it() -> None:
    """A red pane before a blue wall, in one model."""
    wall, pane = rectangle(20, 30, 60, 70, 50, colour=(0.0, 0.0, 1.0)), rectangle(30, 40, 50, 60, 40, opacity=0.5)
    shapes = [
        Shape(0, pane.vertices, pane.normals, TRIANGLES, (0.0, 0.0, 0.0), (1.0, 0.0, 0.0), 0.5),
        Shape(0, wall.vertices, wall.normals, TRIANGLES, (0.0, 0.0, 0.0), (0.0, 0.0, 1.0)),
    ]
    model = model_of([Group(-1, np.eye(4))], shapes)
    rgba, _ = drawn(Posed(model, model.vertices, model.normals))
    np.testing.assert_allclose(rgba[20, 20], [128, 0, 128, 255], atol=1)
    np.testing.assert_array_equal(rgba[2, 2], [0, 0, 255, 255])


def test_what_turns_away_or_is_too_near_is_left_out() -> None:
    posed = rectangle(20, 30, 50, 70, 40)
    turned = model_of(
        [Group(-1, np.eye(4))],
        [Shape(0, posed.vertices, posed.normals, TRIANGLES[:, ::-1].copy(), (1.0, 1.0, 1.0))],
    )
    assert shaded(Posed(turned, posed.vertices, posed.normals), CAMERA) == []
    assert shaded(rectangle(20, 30, 50, 70, 1.5), CAMERA) == []
    assert window_of([], CAMERA) is None


def test_a_large_body_has_fewer_samples() -> None:
    small, large = (
        window_of(shaded(rectangle(*place, 40), CAMERA), CAMERA) for place in ((70, 40, 90, 60), (0, 0, 160, 100))
    )
    assert small is not None
    assert large is not None
    assert small.columns / small.width == pytest.approx(2)
    assert large.columns / large.width > 1
    assert empty_depth(large).shape == (large.rows, large.columns)


def test_an_old_opencv_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    check_rasteriser()
    monkeypatch.delattr(cv2, "triangleRasterize")
    with pytest.raises(DependencyMissing, match=r"need OpenCV 5, this is .*; run: pip install"):
        check_rasteriser()
