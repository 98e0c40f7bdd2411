"""The mesh as fine lines: bright where it is near and faces the camera, invisible where it turns away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from emoar.overlay.base import by_depth, colour_rgb, is_drawable
from emoar.overlay.engine import skia, stroke
from emoar.overlay.layout import Box
from emoar.overlay.mesh_shading import edges, facing_of_vertices, smoothstep
from emoar.types import Face, Scene

__all__ = ["WireframeOverlay", "edge_strengths"]

WIDTH: Final = 0.0042  # of the face's height
THINNEST_PX: Final = 0.7
DENSE_PX: Final = 240.0  # on a face of less height the lines are fainter
LEVELS: Final = 6  # edges are drawn in this many groups of equal strength
STRONGEST: Final = 0.85  # alpha
DEPTH_FADE: Final = 0.55  # share of the strength that is lost at the far end of the face


class WireframeOverlay:
    """Draws the triangulation of each face."""

    def draw(self, canvas: Any, scene: Scene, occupied: Sequence[Box]) -> Sequence[Box]:
        """Draws all meshes, far faces first."""
        for face in by_depth(scene.faces):
            if is_drawable(face):
                _draw_mesh(canvas, face)
        return ()


def edge_strengths(landmarks_px: NDArray[np.float32]) -> NDArray[np.float32]:
    """(M,) 0..1 for each edge of `edges()`: 0 where the face turns away, decreasing with depth."""
    pairs = edges()
    facing = smoothstep(0.02, 0.40, facing_of_vertices(landmarks_px))[pairs].min(axis=1)
    depth = landmarks_px[pairs, 2].mean(axis=1)
    near, far = float(depth.min()), float(depth.max())
    return (facing * (1 - DEPTH_FADE * (depth - near) / max(far - near, 1e-6))).astype(np.float32)


def _draw_mesh(canvas: Any, face: Face) -> None:
    rgb = colour_rgb(face)
    light = tuple(round(0.45 * part + 0.55 * 255) for part in rgb)
    height = float(face.box_xyxy_px[3] - face.box_xyxy_px[1])
    width = max(WIDTH * height, THINNEST_PX)
    # The lines of a small face would merge into a filled area, so they are fainter.
    strengths = edge_strengths(face.landmarks_px) * min(height / DENSE_PX, 1.0)
    points = face.landmarks_px[edges(), :2] + 0.5  # (M, 2, 2)
    levels = np.ceil(strengths * LEVELS).astype(np.int32)
    for level in range(1, LEVELS + 1):
        ends = points[levels == level].reshape(-1, 2).tolist()
        if ends:
            paint = stroke((light[0], light[1], light[2]), width, STRONGEST * level / LEVELS)
            canvas.drawPoints(skia.Canvas.PointMode.kLines_PointMode, [skia.Point(x, y) for x, y in ends], paint)
