"""A box around each face with the id of its track."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from emoar.overlay.base import by_depth, colour_rgb, is_drawable, text_size_px
from emoar.overlay.engine import fill, skia, stroke
from emoar.overlay.fonts import EM, Span, fonts
from emoar.overlay.layout import Box, clamp_to_frame
from emoar.types import Face, Frame, Scene

__all__ = ["BoxOverlay"]

DARK: Final = (17, 20, 27)
TAG: Final = 0.78  # em, the tag's text
LINE: Final = 0.13  # em
ROUND: Final = 0.7  # em
CORNER: Final = 0.22  # length of the bold corners, relative to the box's shorter side


class BoxOverlay:
    """Draws the landmark box: a fine outline with bold corners, and a tag with the id."""

    def __init__(self) -> None:
        self._fonts = fonts()

    def draw(self, canvas: Any, scene: Scene, occupied: Sequence[Box]) -> Sequence[Box]:
        """Draws all boxes, far faces first; returns the boxes of the tags."""
        return [self._draw_one(canvas, face, scene.frame) for face in by_depth(scene.faces) if is_drawable(face)]

    def _draw_one(self, canvas: Any, face: Face, frame: Frame) -> Box:
        em = text_size_px(face, frame)
        rgb = colour_rgb(face)
        box = Box(*(float(edge) + 0.5 for edge in face.box_xyxy_px))
        _draw_outline(canvas, box, em, rgb)
        text = self._fonts.paragraph([Span(f"#{face.track_id}", EM, DARK, weight=700)])
        scale = TAG * em / EM
        width, height = scale * text.MaxIntrinsicWidth + 0.8 * em, scale * text.Height + 0.16 * em
        tag = Box(box.left, box.top - height - 0.25 * em, box.left + width, box.top - 0.25 * em)
        tag = clamp_to_frame(tag, frame.width_px, frame.height_px, 0)
        canvas.drawRoundRect(skia.Rect(*tag), 0.35 * em, 0.35 * em, fill(rgb))
        canvas.save()
        canvas.translate(round(tag.left + 0.4 * em), round(tag.top + 0.08 * em))
        canvas.scale(scale, scale)
        text.paint(canvas, 0, 0)
        canvas.restore()
        return tag


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
