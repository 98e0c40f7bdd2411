"""A quotation for the expression, in a speech bubble that follows the head."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from emoar.face_landmarks import MOUTH
from emoar.overlay.base import colour_rgb, is_drawable, text_size_px
from emoar.overlay.content import ContentPack, Quote, content_for
from emoar.overlay.engine import fill, skia
from emoar.overlay.fonts import EM, Span, fonts, is_right_to_left
from emoar.overlay.layout import Box, Obstacle, cheapest_position, clamp_to_frame, head_box
from emoar.types import Face, Frame, Scene

__all__ = ["QuoteOverlay"]

# Sizes in em, the height of the quote's text.
PADDING_X: Final = 0.85
PADDING_Y: Final = 0.62
SMALL: Final = 0.68
GAP: Final = 0.52
RADIUS: Final = 0.85
TAIL_BASE: Final = 1.15
MARGIN: Final = 0.45
SHAPE: Final = 2.6  # preferred width of a text block, relative to its height
WIDEST: Final = 0.46  # of the frame's width
BROKEN_VERSE: Final = 0.6  # cost of each verse that does not fit on one line
NARROWEST: Final = 7  # em
PAPER_RGB: Final = (252, 251, 247)
INK_RGB: Final = (28, 30, 36)
SHADOW_ALPHA: Final = 0.38
SHADOW_BLUR: Final = 0.34  # em
SHADOW_DROP: Final = 0.18  # em
LEAST_PX: Final = 6.0  # em; smaller text is not legible: the frame has no room for a quote


class _Text(NamedTuple):
    """A shaped quote; sizes are in units (`EM` units are one em), without the padding."""

    quote: Any
    source: Any
    width: float
    height: float


class QuoteOverlay:
    """Draws one bubble for each face that has a label; none for a face that is unsure or skipped."""

    def __init__(self, pack: ContentPack, seed: int) -> None:
        self._fonts = fonts()
        self._quotes = pack.quotes
        self._seed = seed
        self._last: dict[int, int] = {}  # place of each face's bubble in the last frame
        self._shape = lru_cache(maxsize=64)(self._shape_quote)

    def reset(self) -> None:
        """Clears the place of each bubble in the last frame."""
        self._last.clear()

    def draw(self, canvas: Any, scene: Scene, occupied: Sequence[Box]) -> Sequence[Box]:
        """Draws one bubble for each face; returns their boxes."""
        faces = [face for face in scene.faces if is_drawable(face)]
        self._last = {face.track_id: self._last[face.track_id] for face in faces if face.track_id in self._last}
        placed: list[Box] = []
        for face in faces:
            quote = content_for(self._quotes, face, scene.frame, self._seed, "quote")
            if quote is None:
                continue
            obstacles = [Obstacle(box, 4.0) for box in (*occupied, *placed)]
            obstacles += [Obstacle(head_box(other), 4.0) for other in faces]
            box = self._draw_one(canvas, face, scene.frame, quote, obstacles)
            if box is not None:
                placed.append(box)
        return placed

    def _draw_one(
        self, canvas: Any, face: Face, frame: Frame, quote: Quote, obstacles: Sequence[Obstacle]
    ) -> Box | None:
        em = text_size_px(face, frame)
        text = self._shape(quote, max(int(WIDEST * frame.width_px / em), 8))
        width, height = text.width + 2 * PADDING_X * EM, text.height + 2 * PADDING_Y * EM
        margin = 2 * MARGIN * em
        em = min(em, EM * (frame.width_px - margin) / width, EM * (frame.height_px - margin) / height)
        if em < LEAST_PX:
            return None
        scale = em / EM
        box = self._place(face, frame, Box(0, 0, scale * width, scale * height), obstacles, em)
        _draw_paper(canvas, _bubble(box, em, face), em)
        canvas.save()
        canvas.translate(box.left, box.top)
        canvas.scale(scale, scale)
        _draw_text(canvas, text, colour_rgb(face))
        canvas.restore()
        return box

    def _place(self, face: Face, frame: Frame, size: Box, obstacles: Sequence[Obstacle], em: float) -> Box:
        head = head_box(face)
        middle_x, middle_y = head.centre
        gap, width, height = 0.9 * em, size.width, size.height
        over, under = head.top - height - 0.5 * gap, head.bottom + gap
        right, left = head.right + gap, head.left - gap - width
        wanted = [
            size.shifted(middle_x + 0.1 * head.width, over),
            size.shifted(middle_x - 0.1 * head.width - width, over),
            size.shifted(right, head.top - 0.2 * height),
            size.shifted(left, head.top - 0.2 * height),
            size.shifted(middle_x - width / 2, over),
            size.shifted(right, middle_y),
            size.shifted(left, middle_y),
            size.shifted(middle_x, under),
            size.shifted(middle_x - width, under),
            size.shifted(middle_x - width / 2, under),
        ]
        places = [clamp_to_frame(box, frame.width_px, frame.height_px, MARGIN * em) for box in wanted]
        index = cheapest_position(places, wanted, obstacles, self._last.get(face.track_id))
        self._last[face.track_id] = index
        place = places[index]
        return place.shifted(round(place.left) - place.left, round(place.top) - place.top)

    def _shape_quote(self, quote: Quote, room_em: int) -> _Text:
        """Breaks the lines so that the bubble has the preferred shape and full lines."""
        spans = [Span(quote.quoted, EM, INK_RGB, weight=500)]
        source = [Span(quote.author, SMALL * EM, INK_RGB, 0.80, weight=500)]
        if quote.source:
            # A no-break space before each number, so that no line consists of a "5" alone.
            source.append(
                Span(", " + re.sub(r" (?=\d)", "\u00a0", quote.source), SMALL * EM, INK_RGB, 0.66, italic=True)
            )
        right = is_right_to_left(quote.text)
        verses = [self._fonts.paragraph([Span(line, EM, INK_RGB, weight=500)]) for line in quote.text.split("\n")]
        longest = self._fonts.paragraph(spans).MaxIntrinsicWidth + 1
        best, least = None, math.inf
        for width_em in range(NARROWEST, max(room_em, NARROWEST + 1)):
            text = self._break_at(spans, source, min(width_em * EM, longest), right)
            cost = _layout_cost(text, verses)
            if cost < least - 1e-6:
                best, least = text, cost
        assert best is not None
        return best

    def _break_at(self, quote: Sequence[Span], source: Sequence[Span], width: float, right: bool) -> _Text:
        first, second = self._fonts.paragraph(quote, width), self._fonts.paragraph(source, max(width, NARROWEST * EM))
        # The width is reduced to the longest line, so that the bubble is no wider than its text.
        width = math.ceil(max(first.LongestLine, second.LongestLine)) + 1
        first, second = self._fonts.paragraph(quote, width, right), self._fonts.paragraph(source, width, right)
        return _Text(first, second, width, first.Height + second.Height + GAP * EM)


def _layout_cost(text: _Text, verses: Sequence[Any]) -> float:
    """How far a text block is from the preferred shape, from full lines, and from unbroken verses."""
    lines = max(round(text.quote.Height / verses[0].Height), 1)
    empty = 1 - min(sum(verse.MaxIntrinsicWidth for verse in verses) / (lines * text.width), 1)
    broken = lines - len(verses) if len(verses) > 1 else 0
    return abs(math.log(text.width / text.height / SHAPE)) + empty + BROKEN_VERSE * broken


def _draw_text(canvas: Any, text: _Text, rgb: tuple[int, int, int]) -> None:
    """Draws in units, with the bubble's upper left corner at the canvas's origin."""
    x, y = PADDING_X * EM, PADDING_Y * EM
    text.quote.paint(canvas, x, y)
    rule = skia.Rect.MakeXYWH(x, y + text.quote.Height + 0.42 * GAP * EM, 1.6 * EM, 0.13 * EM)
    canvas.drawRoundRect(rule, 0.065 * EM, 0.065 * EM, fill(rgb))
    text.source.paint(canvas, x, y + text.height - text.source.Height)


def _bubble(box: Box, em: float, face: Face) -> Any:
    """The outline of a bubble whose tail points at the mouth; no tail where the bubble covers the mouth."""
    body = skia.Path()
    body.addRoundRect(skia.Rect(*box), RADIUS * em, RADIUS * em)
    tip = _tail_tip(box, face)
    if tip is None:
        return body
    nearest_x = min(max(tip[0], box.left + 1.6 * em), box.right - 1.6 * em)
    nearest_y = min(max(tip[1], box.top + 1.2 * em), box.bottom - 1.2 * em)
    root = (nearest_x * 0.85 + box.centre[0] * 0.15, nearest_y * 0.85 + box.centre[1] * 0.15)
    x, y = tip[0] - root[0], tip[1] - root[1]
    length = math.hypot(x, y)
    if length < 1.0:
        return body
    half = TAIL_BASE * em / 2
    side_x, side_y = -y / length * half, x / length * half
    bend_x, bend_y = root[0] + 0.55 * x, root[1] + 0.55 * y
    tail = skia.Path()
    tail.moveTo(root[0] + side_x, root[1] + side_y)
    tail.quadTo(bend_x + 0.45 * side_x, bend_y + 0.45 * side_y, *tip)
    tail.quadTo(bend_x - 0.45 * side_x, bend_y - 0.45 * side_y, root[0] - side_x, root[1] - side_y)
    tail.close()
    return skia.Op(body, tail, skia.PathOp.kUnion_PathOp) or body


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


def _draw_paper(canvas: Any, outline: Any, em: float) -> None:
    shadow = fill((0, 0, 0), SHADOW_ALPHA)
    shadow.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, SHADOW_BLUR * em))
    canvas.save()
    canvas.translate(0, SHADOW_DROP * em)
    canvas.drawPath(outline, shadow)
    canvas.restore()
    canvas.drawPath(outline, fill(PAPER_RGB, 0.97))
