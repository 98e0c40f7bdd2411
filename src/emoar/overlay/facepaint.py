"""Face paint: a texture on the mesh that is blended with the skin and fades where the face turns away."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from emoar.canonical import canonical_face
from emoar.face_landmarks import EYES_AND_MOUTH
from emoar.overlay.base import by_depth, is_drawable
from emoar.overlay.content import ContentPack, FacePaint, content_for
from emoar.overlay.content.svg import Art
from emoar.overlay.engine import skia
from emoar.overlay.layout import Box
from emoar.overlay.mesh_shading import (
    facing_of_triangles,
    facing_of_vertices,
    near_last,
    smoothstep,
)
from emoar.overlay.solid.camera import Camera
from emoar.overlay.solid.hiding import draw_hidden
from emoar.overlay.solid.occluder import camera_positions, head_of
from emoar.overlay.solid.raster import Mesh
from emoar.types import Face, Frame, Scene

__all__ = ["FacePaintOverlay"]

TEXTURE_PX: Final = (256, 512, 1024, 2048)  # the smallest size that is not below the face's size in the picture is used
FADE: Final = (0.08, 0.42)  # facing at which paint becomes visible, and from which it is opaque


class FacePaintOverlay:
    """Draws one face paint of the pack on each face that has a label."""

    def __init__(self, pack: ContentPack, seed: int) -> None:
        self._facepaints = pack.facepaints
        self._seed = seed
        self._texture = lru_cache(maxsize=24)(_rasterise)

    def draw(self, canvas: Any, scene: Scene, occupied: Sequence[Box]) -> Sequence[Box]:
        """Paints all faces, far ones first."""
        faces = [face for face in by_depth(scene.faces) if is_drawable(face)]
        paints = [content_for(self._facepaints, face, scene.frame, self._seed, "facepaint") for face in faces]
        for number, (face, paint) in enumerate(zip(faces, paints, strict=True)):
            if paint is not None:
                before = [head_of(other, scene.frame) for other in faces[number + 1 :]]
                self._paint(canvas, face, scene.frame, paint, before)
        return ()

    def _paint(self, canvas: Any, face: Face, frame: Frame, paint: FacePaint, before: Sequence[Mesh]) -> None:
        area = _visible(face.box_xyxy_px, frame)
        if area is None:
            return
        left, top, width, height = area
        face_px = float((face.box_xyxy_px[2:] - face.box_xyxy_px[:2]).max())
        size = next((size for size in TEXTURE_PX if size >= face_px), TEXTURE_PX[-1])
        layer = _draw_layer(self._texture(paint.art, size), size, face, area)
        if before:
            layer = _unhidden(layer, face, frame, area, before)
        # The layer is drawn twice: over the skin, which shows light paint, and multiplied, which keeps the shading.
        canvas.save()
        canvas.clipRect(skia.Rect.MakeXYWH(left, top, width, height))
        for blend, strength in (("kSrcOver", paint.cover), ("kMultiply", 1 - paint.cover)):
            alpha = paint.opacity * strength
            canvas.drawImage(layer, left, top, skia.SamplingOptions(), _blending(blend, alpha))
        canvas.restore()


def _unhidden(layer: Any, face: Face, frame: Frame, area: tuple[int, int, int, int], before: Sequence[Mesh]) -> Any:
    """The layer without what nearer heads hide."""
    left, top, width, height = area
    surface = skia.Surface.MakeRasterN32Premul(width, height)
    canvas = surface.getCanvas()
    canvas.translate(-left, -top)
    skin = Mesh(camera_positions(face, frame, face.pose), canonical_face().triangles)
    camera = Camera.of(frame, face.vertical_fov_deg)
    draw_hidden(canvas, skin, before, camera, lambda over: over.drawImage(layer, left, top))
    return surface.makeImageSnapshot()


def _blending(mode: str, alpha: float) -> Any:
    return skia.Paint(BlendMode=getattr(skia.BlendMode, mode), Alphaf=alpha)


def _visible(box_xyxy_px: NDArray[np.float32], frame: Frame) -> tuple[int, int, int, int] | None:
    """Left, top, width and height in pixels of the face's part of the frame; None when the face is outside."""
    left, top = (max(math.floor(float(edge)) - 1, 0) for edge in box_xyxy_px[:2])
    right = min(math.ceil(float(box_xyxy_px[2])) + 2, frame.width_px)
    bottom = min(math.ceil(float(box_xyxy_px[3])) + 2, frame.height_px)
    return (left, top, right - left, bottom - top) if right > left and bottom > top else None


def _draw_layer(texture: Any, size: int, face: Face, area: tuple[int, int, int, int]) -> Any:
    """The paint projected into the picture, as a transparent image of the area."""
    left, top, width, height = area
    surface = skia.Surface.MakeRasterN32Premul(width, height)
    canvas = surface.getCanvas()
    canvas.translate(0.5 - left, 0.5 - top)
    sampling = skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear)
    shader = texture.makeShader(skia.TileMode.kClamp, skia.TileMode.kClamp, sampling)
    # Near triangles replace what is behind them even where they are transparent: a bare nose hides a painted cheek.
    brush = skia.Paint(Shader=shader, BlendMode=skia.BlendMode.kSrc)
    canvas.drawVertices(_vertices(face, size), brush, skia.BlendMode.kModulate)
    for outline in EYES_AND_MOUTH:
        hole = skia.Path()
        hole.addPoly([skia.Point(x, y) for x, y in face.landmarks_px[list(outline), :2].tolist()], True)
        canvas.drawPath(hole, skia.Paint(AntiAlias=True, BlendMode=skia.BlendMode.kClear))
    return surface.makeImageSnapshot()


def _vertices(face: Face, size: int) -> Any:
    """The triangles that face the camera, from far to near; their vertices fade towards the silhouette."""
    canonical = canonical_face()
    shown = canonical.triangles[facing_of_triangles(face.landmarks_px) > 0]
    order = near_last(face.landmarks_px, shown)
    alpha = np.rint(255 * smoothstep(*FADE, facing_of_vertices(face.landmarks_px))).astype(np.int64)
    colours = (alpha << 24 | 0xFFFFFF).tolist()
    return skia.Vertices(
        skia.Vertices.VertexMode.kTriangles_VertexMode,
        [skia.Point(x, y) for x, y in face.landmarks_px[:, :2].tolist()],
        [skia.Point(u, v) for u, v in (canonical.uv * size).tolist()],
        colours,
        order.ravel().tolist(),
    )


def _rasterise(art: Art, size: int) -> Any:
    """The texture as a square image of side `size` with mipmaps, which distant faces use."""
    surface = skia.Surface.MakeRasterN32Premul(size, size)
    canvas = surface.getCanvas()
    canvas.scale(size / art.width, size / art.height)
    canvas.drawPicture(art.picture)
    return surface.makeImageSnapshot().withDefaultMipmaps()
