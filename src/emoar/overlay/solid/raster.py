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
from emoar.overlay.solid.culling import Coverage
from emoar.overlay.solid.light import lit
from emoar.overlay.solid.model import Posed

__all__ = [
    "Mesh",
    "Shaded",
    "bounds_of",
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
        seen = model.triangles.take(front[first:last], axis=0) - np.int32(vertices.start)
        found.append(Shaded(Mesh(posed.vertices[vertices], seen), colours[vertices], opacity, bounds[first:last]))
    found.sort(key=lambda part: float(part.mesh.vertices[:, 2].mean()) if part.opacity < 1 else -math.inf)
    return found


def bounds_of(parts: Sequence[Shaded]) -> Array:
    """(M, 4) left, top, right and bottom of the triangles of at least one part in the picture."""
    return parts[0].bounds if len(parts) == 1 else np.concatenate([part.bounds.T for part in parts], axis=1).T


def window_of(parts: Sequence[Shaded], camera: Camera) -> Window | None:
    """The pixels of parts, with as many samples as the budget allows; None where they are outside the picture."""
    if not parts:
        return None
    bounds = bounds_of(parts)
    window = camera.window(bounds)
    if window is None:
        return None
    left, top, right, bottom = bounds.T
    across = np.minimum(right, window.left + window.width) - np.maximum(left, window.left) + 1
    down = np.minimum(bottom, window.top + window.height) - np.maximum(top, window.top) + 1
    samples = float(np.maximum(across, 1) @ np.maximum(down, 1)) + PER_PIXEL * window.width * window.height
    return window.finer(min(max(math.sqrt(BUDGET / samples), 1.0), SHARPEST))


def empty_depth(window: Window) -> Array:
    """A depth buffer of a window with nothing in it: 1 is the farthest, 0 the nearest."""
    return np.ones((window.rows, window.columns), np.float32)


def depth_of(meshes: Sequence[Mesh], camera: Camera, window: Window, where: Coverage | None = None) -> Array:
    """The depth buffer of a window with meshes in it; `where` leaves out what is elsewhere."""
    depth = empty_depth(window)
    for mesh in meshes:
        front, bounds = _facing(mesh, camera)
        if where is not None:
            front = front[where.touches(bounds)]
        if len(front):
            triangles = mesh.triangles.take(front, axis=0)
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
    # of at most 2 by 2 samples each pixel's mean; INTER_AREA is eight times as slow where their number is no whole one
    return cv2.resize(rgba, size, interpolation=cv2.INTER_LINEAR).astype(np.uint8, copy=False)


def _draw(part: Shaded, camera: Camera, window: Window, depth: Array, rgba: Pixels) -> None:
    """Blends a part into the samples of a window."""
    low, high = part.bounds[:, :2].min(axis=0), part.bounds[:, 2:].max(axis=0)
    rows, columns, inner = window.part(np.concatenate([low, high]))
    before = depth[rows, columns]
    after = before.copy()
    colours = np.zeros((*before.shape, 3), np.float32)
    cv2.triangleRasterize(part.mesh.vertices, part.mesh.triangles, part.colours, colours, after, *_view(camera, inner))
    seen = cv2.compare(after, before, cv2.CMP_LT)
    drawn = cv2.cvtColor(cv2.convertScaleAbs(colours, alpha=255), cv2.COLOR_RGB2RGBA)
    cv2.insertChannel(seen, drawn, 3)
    if part.opacity >= 1:
        depth[rows, columns] = after
        rgba[rows, columns] = drawn  # nothing was drawn before
    else:
        hidden = (1 - np.float32(part.opacity / 255) * seen)[..., None]
        mixed = drawn * np.float32(part.opacity) + rgba[rows, columns] * hidden
        rgba[rows, columns] = (mixed + np.float32(0.5)).astype(np.uint8)


def _facing(mesh: Mesh, camera: Camera) -> tuple[NDArray[np.intp], Array]:
    """Indices of the triangles that face the camera and are not too near, and their (M, 4) bounds in the picture."""
    corners = mesh.triangles.T.astype(np.intp, order="C")
    x, y = (places.take(corners) for places in camera.places(mesh.vertices).T)  # (3, M)
    front = (x[1] - x[0]) * (y[2] - y[0]) < (y[1] - y[0]) * (x[2] - x[0])  # y runs down
    if float(mesh.vertices[:, 2].max()) > -NEAREST_CM:
        front &= (mesh.vertices[:, 2].take(corners) < -NEAREST_CM).all(axis=0)
    indices = np.flatnonzero(front)
    x, y = x.take(indices, axis=1), y.take(indices, axis=1)
    # `min` along so short an axis takes ten times as long
    low = (np.minimum(np.minimum(each[0], each[1]), each[2]) for each in (x, y))
    high = (np.maximum(np.maximum(each[0], each[1]), each[2]) for each in (x, y))
    return indices, np.stack([*low, *high]).T


def _view(camera: Camera, window: Window) -> tuple[Any, ...]:
    return camera.matrix(window), camera.fov_rad(window), NEAREST_CM, FARTHEST_CM, _settings()


@cache
def _settings() -> Any:
    settings = cv2.TriangleRasterizeSettings()
    settings = settings.setShadingType(cv2.RASTERIZE_SHADING_SHADED)
    settings = settings.setCullingMode(cv2.RASTERIZE_CULLING_NONE)
    return settings.setGlCompatibleMode(cv2.RASTERIZE_COMPAT_INVDEPTH)
