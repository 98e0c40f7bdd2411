"""The paper of a speech bubble, with a tail that points at the mouth."""

from __future__ import annotations

import math
from typing import Any, Final

from emoar.face_landmarks import MOUTH
from emoar.overlay.engine import fill, skia
from emoar.overlay.layout import Box, Line
from emoar.types import Face

__all__ = ["draw_bubble", "tail_line"]

# Sizes in em, the height of the text.
RADIUS: Final = 0.85
TAIL_BASE: Final = 1.15
PAPER_RGB: Final = (252, 251, 247)
SHADOW_ALPHA: Final = 0.38
SHADOW_BLUR: Final = 0.34
SHADOW_DROP: Final = 0.18


def draw_bubble(canvas: Any, box: Box, em: float, face: Face) -> None:
    """Draws the paper around `box`, with its shadow; `em` in pixels."""
    body, tail = skia.RRect(), _tail(box, em, face)
    body.setRectXY(skia.Rect(*box), RADIUS * em, RADIUS * em)
    _draw_shadow(canvas, body, tail, em)
    canvas.drawPath(_outline(body, tail), fill(PAPER_RGB, 0.97))


def tail_line(box: Box, face: Face) -> Line | None:
    """The tail's way from the bubble to its tip."""
    tip = _tail_tip(box, face)
    if tip is None:
        return None
    return (min(max(tip[0], box.left), box.right), min(max(tip[1], box.top), box.bottom)), tip


def _tail(box: Box, em: float, face: Face) -> Any | None:
    """The outline of the tail, which points at the mouth; None where the bubble covers the mouth."""
    tip = _tail_tip(box, face)
    if tip is None:
        return None
    nearest_x = min(max(tip[0], box.left + 1.6 * em), box.right - 1.6 * em)
    nearest_y = min(max(tip[1], box.top + 1.2 * em), box.bottom - 1.2 * em)
    root = (nearest_x * 0.85 + box.centre[0] * 0.15, nearest_y * 0.85 + box.centre[1] * 0.15)
    x, y = tip[0] - root[0], tip[1] - root[1]
    length = math.hypot(x, y)
    if length < 1.0:
        return None
    half = TAIL_BASE * em / 2
    side_x, side_y = -y / length * half, x / length * half
    bend_x, bend_y = root[0] + 0.55 * x, root[1] + 0.55 * y
    tail = skia.Path()
    tail.moveTo(root[0] + side_x, root[1] + side_y)
    tail.quadTo(bend_x + 0.45 * side_x, bend_y + 0.45 * side_y, *tip)
    tail.quadTo(bend_x - 0.45 * side_x, bend_y - 0.45 * side_y, root[0] - side_x, root[1] - side_y)
    tail.close()
    return tail


def _outline(body: Any, tail: Any | None) -> Any:
    paper = skia.Path()
    paper.addRRect(body)
    return paper if tail is None else skia.Op(paper, tail, skia.PathOp.kUnion_PathOp) or paper


def _tail_tip(box: Box, face: Face) -> tuple[float, float] | None:
    """Where the line from the mouth to the bubble leaves the face, so that the tail does not cover the face.

    The result is None where the bubble covers the mouth.
    """
    mouth_x, mouth_y = map(float, face.landmarks_px[list(MOUTH), :2].mean(axis=0))
    left, top, right, bottom = map(float, face.box_xyxy_px)
    if box.overlap(Box(mouth_x - 1, mouth_y - 1, mouth_x + 1, mouth_y + 1)) > 0:
        return None
    end_x = min(max(mouth_x, box.left), box.right)
    end_y = min(max(mouth_y, box.top), box.bottom)
    x, y = end_x - mouth_x, end_y - mouth_y
    # The line leaves the ellipse in the face's box, enlarged by 1.04, at the larger root t of
    # |(mouth + t (x, y) - centre) / radii| = 1.
    radius_x, radius_y = max((right - left) / 2, 1e-3) * 1.04, max((bottom - top) / 2, 1e-3) * 1.04
    u, v = (mouth_x - (left + right) / 2) / radius_x, (mouth_y - (top + bottom) / 2) / radius_y
    p, q = x / radius_x, y / radius_y
    a, b, c = p * p + q * q, u * p + v * q, u * u + v * v - 1
    if a < 1e-9 or b * b - a * c <= 0:
        return mouth_x, mouth_y
    t = min(max((-b + math.sqrt(b * b - a * c)) / a, 0.0), 0.9)
    return mouth_x + t * x, mouth_y + t * y


def _draw_shadow(canvas: Any, body: Any, tail: Any | None, em: float) -> None:
    """Draws the shadow of the body, then that of the tail beside it.

    Skia stretches one small blurred picture over the shadow of a rounded rectangle; that of the whole outline would be
    blurred pixel by pixel, which takes five times as long.
    """
    shadow = fill((0, 0, 0), SHADOW_ALPHA)
    shadow.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, SHADOW_BLUR * em))
    canvas.save()
    canvas.translate(0, SHADOW_DROP * em)
    canvas.drawRRect(body, shadow)
    if tail is not None:
        canvas.clipRRect(body, skia.ClipOp.kDifference, True)
        canvas.drawPath(tail, shadow)
    canvas.restore()
