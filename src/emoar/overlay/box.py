"""A box around each face with the id of its track."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from emoar.overlay.base import by_depth, colour_rgb, is_drawable, text_size_px
from emoar.overlay.engine import fill, skia, stroke
from emoar.overlay.fonts import EM, Span, fonts
from emoar.overlay.heads import Surroundings, face_box, is_close_up
from emoar.overlay.layout import Box, Wish, cheapest_positions
from emoar.types import Face, Frame, Scene

__all__ = ["BoxOverlay"]

DARK: Final = (17, 20, 27)
TAG: Final = 0.78  # em, the tag's text
LINE: Final = 0.13  # em
ROUND: Final = 0.7  # em
CORNER: Final = 0.22  # length of the bold corners, relative to the box's shorter side


class _Tag(NamedTuple):
    """A shaped id, its em in pixels, and where it may be."""

    text: Any
    em: float
    wish: Wish


class BoxOverlay:
    """Draws the landmark box: a fine outline with bold corners, and a tag with the id."""

    def __init__(self) -> None:
        self._fonts = fonts()

    def draw(self, canvas: Any, scene: Scene, occupied: Sequence[Box]) -> Sequence[Box]:
        """Draws all boxes, far faces first, and a tag where it covers no face; returns the boxes of the tags."""
        faces = [face for face in by_depth(scene.faces) if is_drawable(face)]
        tags = [self._tag_of(face, scene.frame) for face in faces]
        wishes = [[tag.wish] for tag in tags]
        placed = cheapest_positions(wishes, Surroundings(faces).ground)
        for face, tag, place in zip(faces, tags, placed, strict=True):
            _draw_outline(canvas, Box(*(edge + 0.5 for edge in face_box(face))), tag.em, colour_rgb(face))
            if place is not None:
                _draw_tag(canvas, tag, place.box, colour_rgb(face))
        return [place.box for place in placed if place is not None]

    def _tag_of(self, face: Face, frame: Frame) -> _Tag:
        em = text_size_px(face, frame)
        text = self._fonts.paragraph([Span(f"#{face.track_id}", EM, DARK, weight=700)])
        scale = TAG * em / EM
        width, height = scale * text.MaxIntrinsicWidth + 0.8 * em, scale * text.Height + 0.16 * em
        left, top, right, bottom = face_box(face)
        over, under = top - height - 0.25 * em, bottom + 0.25 * em
        corners = ((left, over), (right - width, over), (left, under), (right - width, under))
        room = Box(0, 0, frame.width_px, frame.height_px)
        close_up = is_close_up(face, frame.width_px, frame.height_px)
        return _Tag(text, em, Wish((width, height), lambda: corners, room, over_own_face=close_up))


def _draw_tag(canvas: Any, tag: _Tag, box: Box, rgb: tuple[int, int, int]) -> None:
    canvas.drawRoundRect(skia.Rect(*box), 0.35 * tag.em, 0.35 * tag.em, fill(rgb))
    canvas.save()
    canvas.translate(round(box.left + 0.4 * tag.em), round(box.top + 0.08 * tag.em))
    canvas.scale(TAG * tag.em / EM, TAG * tag.em / EM)
    tag.text.paint(canvas, 0, 0)
    canvas.restore()


def _draw_outline(canvas: Any, box: Box, em: float, rgb: tuple[int, int, int]) -> None:
    outline = skia.RRect.MakeRectXY(skia.Rect(*box), ROUND * em, ROUND * em)
    canvas.drawRRect(outline, stroke(DARK, 2.2 * LINE * em, 0.25))
    canvas.drawRRect(outline, stroke(rgb, 0.5 * LINE * em, 0.8))
    reach = CORNER * min(box.width, box.height)
    # The outline is bold near the corners only: the middle of each side is clipped away.
    canvas.save()
    middle = (box.left + reach, box.top - em, box.right - reach, box.bottom + em)
    canvas.clipRect(skia.Rect(*middle), skia.ClipOp.kDifference, True)
    middle = (box.left - em, box.top + reach, box.right + em, box.bottom - reach)
    canvas.clipRect(skia.Rect(*middle), skia.ClipOp.kDifference, True)
    canvas.drawRRect(outline, stroke(rgb, 1.5 * LINE * em))
    canvas.restore()
