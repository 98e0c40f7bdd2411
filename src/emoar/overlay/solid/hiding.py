"""Hides flat drawings behind heads: which part of a surface in camera space is seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.overlay.engine import skia
from emoar.overlay.solid.camera import Camera, Window
from emoar.overlay.solid.drawing import sampled_depth
from emoar.overlay.solid.raster import Mesh, depth_of

__all__ = ["card_mesh", "draw_hidden", "nearer"]

# A flat card is drawn as if it were that much nearer: the round head that it sits on does not cut it.
PULL_CM: Final = 6.0
_MARGIN: Final = 0.1  # of a surface's size in the picture: points of a head that are so near may belong to its edge
_SAMPLES: Final = 2.0  # along each side of a pixel
_CARD: Final = np.array([[0, 3, 1], [1, 3, 2]], np.int32)


def card_mesh(corners_px: NDArray[np.floating], depths_cm: NDArray[np.floating], camera: Camera) -> Mesh:
    """A card in camera space, nearer by `PULL_CM`.

    Args:
        corners_px: (4, 2) clockwise from the upper left; (0, 0) is the middle of the first pixel.
        depths_cm: (4,) positive.
        camera: of the frame.
    """
    middle = np.array([(camera.width_px - 1) / 2, (camera.height_px - 1) / 2])
    rays = np.column_stack([(corners_px - middle) * (1, -1) / camera.focal_px, -np.ones(4)])
    depths = np.maximum(depths_cm - PULL_CM, 0.5 * depths_cm)
    return Mesh((rays * depths[:, None]).astype(np.float32), _CARD)


def nearer(surface: Mesh, heads: Sequence[Mesh], camera: Camera) -> list[Mesh]:
    """The heads that may hide a part of a surface: they have a point before it."""
    own = camera.places(surface.vertices)
    low, high = own.min(axis=0), own.max(axis=0)
    margin = _MARGIN * float((high - low).max()) + 1
    farthest = float(surface.vertices[:, 2].min())
    found: list[Mesh] = []
    for head in heads:
        points = camera.places(head.vertices)
        inside = ((points > low - margin) & (points < high + margin)).all(axis=1)
        if bool((head.vertices[inside, 2] > farthest).any()):
            found.append(head)
    return found


def draw_hidden(
    canvas: Any, surface: Mesh, heads: Sequence[Mesh], camera: Camera, paint: Callable[[Any], None]
) -> None:
    """Draws on a canvas with the frame's pixels what `paint` draws, without what heads hide of a surface."""
    before = nearer(surface, heads, camera)
    window = _window(surface, camera) if before else None
    if window is None:
        paint(canvas)
        return
    bounds = skia.Rect.MakeXYWH(window.left, window.top, window.width, window.height)
    canvas.saveLayer(bounds, None)
    paint(canvas)
    mask = skia.Image.fromarray(_mask(surface, before, camera, window), skia.kAlpha_8_ColorType)
    canvas.clipRect(bounds)
    canvas.drawImage(mask, window.left, window.top, skia.SamplingOptions(), _KEEP)
    canvas.restore()


def _window(surface: Mesh, camera: Camera) -> Window | None:
    places = camera.places(surface.vertices)
    return camera.window(np.concatenate([places.min(axis=0) - 1, places.max(axis=0) + 1])[None])


def _mask(surface: Mesh, heads: Sequence[Mesh], camera: Camera, window: Window) -> NDArray[np.uint8]:
    """(height, width): 0 where the surface is hidden, 255 elsewhere."""
    finer = window.finer(_SAMPLES)
    own = depth_of([surface], camera, finer)
    hidden = (own < 1) & (sampled_depth(heads, camera, finer) < own)
    levels = np.where(hidden, np.uint8(0), np.uint8(255))
    size = int(window.width), int(window.height)
    return np.asarray(cv2.resize(levels, size, interpolation=cv2.INTER_AREA), np.uint8)


_KEEP: Final = skia.Paint(BlendMode=skia.BlendMode.kDstIn)
