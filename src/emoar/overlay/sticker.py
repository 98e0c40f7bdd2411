"""Stickers: vector art that is attached to the head and turns with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from emoar.geometry import box_of_points
from emoar.overlay.base import by_depth, is_drawable
from emoar.overlay.content import ContentPack, HeadObject, Place, Sticker, content_for
from emoar.overlay.engine import skia
from emoar.overlay.fox.head import fox_shell
from emoar.overlay.layout import Box
from emoar.overlay.perspective import Quad, quad_in_picture
from emoar.overlay.solid.camera import Camera
from emoar.overlay.solid.hiding import card_mesh, draw_hidden
from emoar.overlay.solid.occluder import head_of
from emoar.overlay.solid.raster import Mesh
from emoar.types import Face, Frame, Scene

__all__ = ["ABOVE", "StickerOverlay", "places_beside"]

ABOVE: Final = "above_head"  # the attachment point of hats
# Beside what sits on the head, in eye distances: to the side, and down with the round head.
BESIDE: Final = 1.2
LOWER: Final = 0.3


class StickerOverlay:
    """Draws one sticker of the pack on each face that has a label, without what is behind a head."""

    def __init__(self, pack: ContentPack, seed: int, beside: Collection[str] = ()) -> None:
        """`beside`: overlays that are drawn, too: a sticker stands beside an object; an avatar hides as a head does."""
        self._stickers = pack.stickers
        self._objects: Mapping[str, Sequence[HeadObject]] = pack.objects if "object" in beside else {}
        self._avatar = "avatar" in beside
        self._seed = seed

    def draw(self, canvas: Any, scene: Scene, occupied: Sequence[Box]) -> Sequence[Box]:
        """Draws each face's sticker, far faces first; returns their boxes, so that text does not cover them."""
        faces = [face for face in by_depth(scene.faces) if is_drawable(face)]
        chosen = [content_for(self._stickers, face, scene.frame, self._seed, "sticker") for face in faces]
        if not any(chosen):
            return ()
        heads = [
            fox_shell(face.pose.astype(np.float64)) if self._avatar else head_of(face, scene.frame) for face in faces
        ]
        drawn: list[Box | None] = []
        for face, sticker in zip(faces, chosen, strict=True):
            if sticker is not None:
                thing = content_for(self._objects, face, scene.frame, self._seed, "object")
                places = places_beside(sticker, thing.place if thing else None)
                drawn += [_draw_at(canvas, sticker, place, face, scene.frame, heads) for place in places]
        return [box for box in drawn if box is not None]


def places_beside(sticker: Sticker, thing: Place | None) -> tuple[Place, ...]:
    """Where a sticker is drawn on a head that has an object at a place: two at one place would lie on each other.

    Above the head it moves aside; at every other point there is one thing, the object.
    """
    if thing is None:
        return sticker.places
    points = [place.at for place in sticker.places]
    if points == [ABOVE]:
        return (_aside(sticker.places[0]),) if thing.at == ABOVE else sticker.places
    return () if thing.at in points else sticker.places


def _aside(place: Place) -> Place:
    left, up, forward = place.offset
    return replace(place, offset=(left + BESIDE, up - LOWER, forward))


def _draw_at(
    canvas: Any, sticker: Sticker, place: Place, face: Face, frame: Frame, heads: Sequence[Mesh]
) -> Box | None:
    art = sticker.art
    height = sticker.size * art.height / art.width
    quad = Quad(place.at, place.offset, sticker.size, height, place.turn_deg, place.tilt_deg)
    seen = quad_in_picture(quad, face, frame)
    if seen is None:
        return None
    left, right = (art.width, 0.0) if place.mirror else (0.0, art.width)
    source = [(left, 0.0), (right, 0.0), (right, art.height), (left, art.height)]
    matrix = skia.Matrix()
    if not matrix.setPolyToPoly(
        [skia.Point(*point) for point in source], [skia.Point(x + 0.5, y + 0.5) for x, y in seen.corners_px.tolist()]
    ):
        return None

    def paint(layer: Any) -> None:
        layer.save()
        layer.concat(matrix)
        layer.drawPicture(art.picture)
        layer.restore()

    camera = Camera.of(frame, face.vertical_fov_deg)
    draw_hidden(canvas, card_mesh(seen.corners_px, seen.depths_cm, camera), heads, camera, paint)
    return Box(*map(float, box_of_points(seen.corners_px)))
