"""Stickers: vector art that is attached to the head and turns with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from emoar.geometry import box_of_points
from emoar.overlay.base import by_depth, is_drawable
from emoar.overlay.content import ContentPack, Place, Sticker, content_for
from emoar.overlay.engine import skia
from emoar.overlay.layout import Box
from emoar.overlay.perspective import Quad, quad_in_picture
from emoar.types import Face, Frame, Scene

__all__ = ["StickerOverlay"]


class StickerOverlay:
    """Draws one sticker of the pack on each face that has a label."""

    def __init__(self, pack: ContentPack, seed: int) -> None:
        self._stickers = pack.stickers
        self._seed = seed

    def draw(self, canvas: Any, scene: Scene, occupied: Sequence[Box]) -> Sequence[Box]:
        """Draws each face's sticker, far faces first; returns their boxes, so that text does not cover them."""
        drawn: list[Box | None] = []
        for face in by_depth(scene.faces):
            sticker = content_for(self._stickers, face, scene.frame, self._seed, "sticker")
            if sticker is not None and is_drawable(face):
                drawn += [_draw_at(canvas, sticker, place, face, scene.frame) for place in sticker.places]
        return [box for box in drawn if box is not None]


def _draw_at(canvas: Any, sticker: Sticker, place: Place, face: Face, frame: Frame) -> Box | None:
    art = sticker.art
    height = sticker.size * art.height / art.width
    quad = Quad(place.at, place.offset, sticker.size, height, place.turn_deg, place.tilt_deg)
    corners = quad_in_picture(quad, face, frame)
    if corners is None:
        return None
    left, right = (art.width, 0.0) if place.mirror else (0.0, art.width)
    source = [(left, 0.0), (right, 0.0), (right, art.height), (left, art.height)]
    matrix = skia.Matrix()
    if not matrix.setPolyToPoly(
        [skia.Point(*point) for point in source], [skia.Point(x + 0.5, y + 0.5) for x, y in corners.tolist()]
    ):
        return None
    canvas.save()
    canvas.concat(matrix)
    canvas.drawPicture(art.picture)
    canvas.restore()
    return Box(*map(float, box_of_points(corners)))
