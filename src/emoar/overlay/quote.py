"""A quotation for the expression, in a speech bubble that follows the head."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from emoar.overlay.base import TextOverlay, colour_rgb, text_size_px
from emoar.overlay.bubble import draw_bubble, tail_line
from emoar.overlay.content import ContentPack, Quote, content_for
from emoar.overlay.engine import fill, skia
from emoar.overlay.fonts import EM, Span, fonts, is_right_to_left
from emoar.overlay.heads import head_box
from emoar.overlay.layout import Box, Wish
from emoar.types import Face, Frame

__all__ = ["QuoteOverlay"]

# Sizes in em, the height of the quote's text.
PADDING_X: Final = 0.85
PADDING_Y: Final = 0.62
SMALL: Final = 0.68
GAP: Final = 0.52
MARGIN: Final = 0.45
SHAPE: Final = 2.6  # preferred width of a text block, relative to its height
WIDEST: Final = 0.46  # of the frame's width
NARROWER: Final = 0.26  # of the frame's width, where there is no room for the preferred shape
ASIDE: Final = 0.25  # less than the distance of every place from the face
BROKEN_VERSE: Final = 0.6  # cost of each verse that does not fit on one line
NARROWEST: Final = 7  # em
INK_RGB: Final = (28, 30, 36)
LEAST_PX: Final = 6.0  # em; smaller text is not legible: the frame has no room for a quote


class _Text(NamedTuple):
    """A shaped quote; sizes are in units (`EM` units are one em), without the padding."""

    quote: Any
    source: Any
    width: float
    height: float


class _Form(NamedTuple):
    """A bubble of one shape; width and height are in units with the padding, `em` in pixels."""

    text: _Text
    width: float
    height: float
    em: float


class QuoteOverlay(TextOverlay[_Form]):
    """Draws one bubble for each face that has a label and room beside it; none for a face that is unsure or skipped."""

    def __init__(self, pack: ContentPack, seed: int) -> None:
        super().__init__()
        self._fonts = fonts()
        self._quotes = pack.quotes
        self._seed = seed
        self._shape = lru_cache(maxsize=64)(self._shape_quote)

    def _forms(self, face: Face, frame: Frame) -> list[_Form]:
        """The bubble in its preferred shape, and a narrower one; those whose text can be read."""
        quote = content_for(self._quotes, face, frame, self._seed, "quote")
        if quote is None:
            return []
        em = text_size_px(face, frame)
        shares = (WIDEST, NARROWER)
        texts = dict.fromkeys(self._shape(quote, max(int(share * frame.width_px / em), 8)) for share in shares)
        return [form for text in texts if (form := _form_of(text, em, frame)).em >= LEAST_PX]

    def _wish(self, face: Face, frame: Frame, number: int, form: _Form) -> Wish:
        last, margin = self._last.get(face.track_id), MARGIN * form.em
        size = form.em / EM * form.width, form.em / EM * form.height
        return Wish(
            size,
            lambda: _places(head_box(face), size, form.em),
            Box(margin, margin, frame.width_px - margin, frame.height_px - margin),
            last[1] if last and last[0] == number else None,
            ASIDE * form.em,
            line=lambda box: tail_line(box, face),
        )

    def _draw_form(self, canvas: Any, face: Face, form: _Form, box: Box) -> None:
        draw_bubble(canvas, box, form.em, face)
        canvas.save()
        canvas.translate(box.left, box.top)
        canvas.scale(form.em / EM, form.em / EM)
        _draw_text(canvas, form.text, colour_rgb(face))
        canvas.restore()

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


def _form_of(text: _Text, em: float, frame: Frame) -> _Form:
    """The bubble with that text; its em is smaller where the frame is."""
    width, height = text.width + 2 * PADDING_X * EM, text.height + 2 * PADDING_Y * EM
    margin = 2 * MARGIN * em
    return _Form(
        text, width, height, min(em, EM * (frame.width_px - margin) / width, EM * (frame.height_px - margin) / height)
    )


def _places(head: Box, size: tuple[float, float], em: float) -> list[tuple[float, float]]:
    """Upper left corners around a head, the preferred ones first."""
    (middle_x, middle_y), (width, height) = head.centre, size
    gap, side = 0.9 * em, 0.1 * head.width
    over, under = head.top - height - 0.5 * gap, head.bottom + gap
    right, left, level = head.right + gap, head.left - gap - width, head.top - 0.2 * height
    return [
        (middle_x + side, over),
        (middle_x - side - width, over),
        (right, level),
        (left, level),
        (middle_x - width / 2, over),
        (right, middle_y),
        (left, middle_y),
        (middle_x, under),
        (middle_x - width, under),
        (middle_x - width / 2, under),
    ]


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
