"""Draws solid bodies into a part of the picture, with a depth buffer: OpenCV's rasteriser, on the processor."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Any, Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.errors import DependencyMissing
from emoar.overlay.solid.camera import NEAREST_CM, Camera, Window
from emoar.overlay.solid.light import lit
from emoar.overlay.solid.model import Posed

__all__ = [
    "Mesh",
    "Shaded",
    "check_rasteriser",
    "depth_of",
    "empty_depth",
    "picture_of",
    "shaded",
    "window_of",
]

FARTHEST_CM: Final = 10_000.0
BUDGET: Final = 80_000  # samples that a sharper picture may test: about 2 ms
PER_PIXEL: Final = 0.25  # what a pixel of the window costs, in tested samples
SHARPEST: Final = 2.0  # samples along each side of a pixel
Array = NDArray[np.float32]
Pixels = NDArray[np.uint8]


class Mesh(NamedTuple):
    """Triangles in camera space."""

    vertices: Array  # (N, 3) cm
    triangles: NDArray[np.int32]  # (M, 3), counter-clockwise seen from outside


class Shaded(NamedTuple):
    """The triangles of a part that face the camera."""

    mesh: Mesh
    colours: Array  # (N, 3) sRGB, 0..1
    opacity: float
    bounds: Array  # (M, 4) left, top, right, bottom of each triangle in the picture


def check_rasteriser() -> None:
    """Raises DependencyMissing where OpenCV is too old to draw solid bodies."""
    if not hasattr(cv2, "triangleRasterize"):
        raise DependencyMissing(
            f"3D objects and avatars need OpenCV 5, this is {cv2.__version__}; "
            "run: pip install 'opencv-python-headless>=5' (and remove other OpenCV packages)"
        )


def shaded(posed: Posed, camera: Camera) -> list[Shaded]:
    """A model's parts with their colours, in the order of drawing: opaque, then seen through from the back."""
    model, colours = posed.model, lit(posed)
    front, bounds = _facing(Mesh(posed.vertices, model.triangles), camera)
    found: list[Shaded] = []
    for vertices, triangles, opacity in model.parts:
        first, last = np.searchsorted(front, (triangles.start, triangles.stop)).tolist()
        if first == last:
            continue
        seen = np.ascontiguousarray(model.triangles[front[first:last]] - np.int32(vertices.start))
        found.append(Shaded(Mesh(posed.vertices[vertices], seen), colours[vertices], opacity, bounds[first:last]))
    found.sort(key=lambda part: float(part.mesh.vertices[:, 2].mean()) if part.opacity < 1 else -math.inf)
    return found


def window_of(parts: Sequence[Shaded], camera: Camera) -> Window | None:
    """The pixels of parts, with as many samples as the budget allows; None where they are outside the picture."""
    if not parts:
        return None
    bounds = np.concatenate([part.bounds for part in parts])
    window = camera.window(bounds)
    if window is None:
        return None
    low = np.array([window.left, window.top], np.float32)
    inside = np.clip(bounds.reshape(-1, 2, 2), low, low + np.array([window.width, window.height], np.float32))
    sides = inside[:, 1] - inside[:, 0] + 1
    samples = float((sides[:, 0] * sides[:, 1]).sum()) + PER_PIXEL * window.width * window.height
    return window.finer(min(max(math.sqrt(BUDGET / samples), 1.0), SHARPEST))


def empty_depth(window: Window) -> Array:
    """A depth buffer of a window with nothing in it: 1 is the farthest, 0 the nearest."""
    return np.ones((window.rows, window.columns), np.float32)


def depth_of(meshes: Sequence[Mesh], camera: Camera, window: Window) -> Array:
    """The depth buffer of a window with meshes in it."""
    depth = empty_depth(window)
    for mesh in meshes:
        front, _ = _facing(mesh, camera)
        if len(front):
            triangles = np.ascontiguousarray(mesh.triangles[front])
            cv2.triangleRasterizeDepth(mesh.vertices, triangles, depth, *_view(camera, window))
    return depth


def picture_of(parts: Sequence[Shaded], camera: Camera, window: Window, depth: Array) -> Pixels:
    """(height, width, 4) premultiplied RGBA of a window.

    Args:
        parts: in the order of drawing, the opaque ones first.
        camera: of the frame.
        window: of the result.
        depth: what is before the parts hides them; opaque parts are added to it.
    """
    rgba = np.zeros((window.rows, window.columns, 4), np.uint8)
    for part in parts:
        _draw(part, camera, window, depth, rgba)
    size = int(window.width), int(window.height)
    if rgba.shape[1::-1] == size:
        return rgba
    return cv2.resize(rgba, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def _draw(part: Shaded, camera: Camera, window: Window, depth: Array, rgba: Pixels) -> None:
    """Blends a part into the samples of a window."""
    low, high = part.bounds[:, :2].min(axis=0), part.bounds[:, 2:].max(axis=0)
    rows, columns, inner = window.part(np.concatenate([low, high]))
    before = depth[rows, columns]
    after = before.copy()
    colours = np.zeros((*before.shape, 3), np.float32)
    cv2.triangleRasterize(part.mesh.vertices, part.mesh.triangles, part.colours, colours, after, *_view(camera, inner))
    seen = (after < before).view(np.uint8) * np.uint8(255)
    drawn = cv2.merge([cv2.convertScaleAbs(colours, alpha=255), seen])
    if part.opacity >= 1:
        depth[rows, columns] = after
        rgba[rows, columns] = drawn  # nothing was drawn before
    else:
        hidden = (1 - np.float32(part.opacity / 255) * seen)[..., None]
        mixed = drawn * np.float32(part.opacity) + rgba[rows, columns] * hidden
        rgba[rows, columns] = (mixed + np.float32(0.5)).astype(np.uint8)


def _facing(mesh: Mesh, camera: Camera) -> tuple[NDArray[np.intp], Array]:
    """Indices of the triangles that face the camera and are not too near, and their (M, 4) bounds in the picture."""
    places = camera.places(mesh.vertices)
    a, b, c = (places[mesh.triangles[:, corner]] for corner in range(3))
    ab, ac = b - a, c - a
    front = ab[:, 0] * ac[:, 1] < ab[:, 1] * ac[:, 0]  # y runs down
    if float(mesh.vertices[:, 2].max()) > -NEAREST_CM:
        front &= (mesh.vertices[mesh.triangles, 2] < -NEAREST_CM).all(axis=1)
    indices = np.flatnonzero(front)
    a, b, c = a[indices], b[indices], c[indices]
    return indices, np.hstack([np.minimum(np.minimum(a, b), c), np.maximum(np.maximum(a, b), c)])


def _view(camera: Camera, window: Window) -> tuple[Any, ...]:
    return camera.matrix(window), camera.fov_rad(window), NEAREST_CM, FARTHEST_CM, _settings()


@cache
def _settings() -> Any:
    settings = cv2.TriangleRasterizeSettings()
    settings = settings.setShadingType(cv2.RASTERIZE_SHADING_SHADED)
    settings = settings.setCullingMode(cv2.RASTERIZE_CULLING_NONE)
    return settings.setGlCompatibleMode(cv2.RASTERIZE_COMPAT_INVDEPTH)
