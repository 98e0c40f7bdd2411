"""What a picture tells besides its faces: those that were found, but not read, and how many are left out."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import numpy as np

from emoar.overlay.describe import describe_more
from emoar.overlay.engine import fill, skia, stroke
from emoar.overlay.fonts import EM, Span, fonts
from emoar.types import Scene

__all__ = ["Notes"]

EM_OF_FRAME: Final = 1 / 50  # text size, relative to the geometric mean of the frame's sides
EM_LEAST_PX: Final = 11.0
GLASS_RGB: Final = (17, 20, 27)
GLASS_ALPHA: Final = 0.74
WHITE: Final = (255, 255, 255)
DASH: Final = 0.5  # em


class Notes:
    """Draws a dashed box with the reason around each face that was not read, and `8 more faces` in the lower corner."""

    def __init__(self) -> None:
        self._text = lru_cache(maxsize=64)(_shaped)

    def draw(self, canvas: Any, scene: Scene) -> None:
        """Draws on a skia canvas whose pixels are those of the frame, below all overlays."""
        frame = scene.frame
        em = max(float(np.sqrt(frame.width_px * frame.height_px)) * EM_OF_FRAME, EM_LEAST_PX)
        for face in scene.faces_unread:
            left, top, right, bottom = face.box_xyxy_px.tolist()
            outline = skia.RRect.MakeRectXY(skia.Rect(left, top, right, bottom), 0.4 * em, 0.4 * em)
            canvas.drawRRect(outline, stroke(GLASS_RGB, 0.24 * em, 0.35))
            paint = stroke(WHITE, 0.12 * em, 0.9)
            paint.setPathEffect(skia.DashPathEffect.Make([DASH * em, DASH * em], 0))
            canvas.drawRRect(outline, paint)
            self._write(canvas, face.reason, em, (left, bottom + 0.2 * em), frame.width_px, frame.height_px)
        if scene.faces_left_out:
            corner = float(frame.width_px), float(frame.height_px)
            self._write(canvas, describe_more(scene.faces_left_out), em, corner, frame.width_px, frame.height_px)

    def _write(
        self, canvas: Any, text: str, em: float, at_px: tuple[float, float], width_px: int, height_px: int
    ) -> None:
        """Writes a line at a place, moved into the frame."""
        shaped = self._text(text)
        width, height = em * (shaped.MaxIntrinsicWidth / EM + 0.8), em * (shaped.Height / EM + 0.2)
        left = min(max(at_px[0], 0.0), max(width_px - width, 0.0))
        top = min(max(at_px[1], 0.0), max(height_px - height, 0.0))
        canvas.drawRoundRect(
            skia.Rect.MakeXYWH(left, top, width, height), 0.3 * em, 0.3 * em, fill(GLASS_RGB, GLASS_ALPHA)
        )
        canvas.save()
        canvas.translate(left + 0.4 * em, top + 0.1 * em)
        canvas.scale(em / EM, em / EM)
        shaped.paint(canvas, 0, 0)
        canvas.restore()


def _shaped(text: str) -> Any:
    return fonts().paragraph([Span(text, EM, WHITE)])
