"""Draws solid bodies on the canvas of a frame, hidden by the heads before them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.overlay.engine import skia
from emoar.overlay.layout import Box
from emoar.overlay.solid.camera import Camera, Window
from emoar.overlay.solid.culling import Coverage
from emoar.overlay.solid.model import Posed
from emoar.overlay.solid.raster import Mesh, bounds_of, depth_of, picture_of, shaded, window_of

__all__ = ["draw_model", "sampled_depth"]


def draw_model(canvas: Any, posed: Posed, camera: Camera, heads: Sequence[Mesh]) -> Box | None:
    """Draws a model in camera space; returns its box, None where it is outside the picture."""
    parts = shaded(posed, camera)
    window = window_of(parts, camera)
    if window is None:
        return None
    where = Coverage(window, bounds_of(parts)) if heads else None
    rgba = picture_of(parts, camera, window, sampled_depth(heads, camera, window, where))
    image = skia.Image.fromarray(rgba, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType)
    canvas.drawImage(image, window.left, window.top)
    return Box(window.left, window.top, window.left + window.width, window.top + window.height)


def sampled_depth(
    meshes: Sequence[Mesh], camera: Camera, window: Window, where: Coverage | None = None
) -> NDArray[np.float32]:
    """The depth buffer of meshes, measured once for each pixel, for all samples of a window.

    `where` leaves out what is elsewhere.
    """
    depth = depth_of(meshes, camera, window.finer(1.0), where)
    if depth.shape == (window.rows, window.columns):
        return depth
    return np.asarray(cv2.resize(depth, (window.columns, window.rows), interpolation=cv2.INTER_LINEAR), np.float32)
