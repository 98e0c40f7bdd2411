"""The expression as text beside the head, with a bar for each probability."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

from emoar.labels import colours_rgb
from emoar.overlay.base import TextOverlay, colour_rgb, text_size_px
from emoar.overlay.describe import MOST_CERTAIN_PERCENT, describe_expression
from emoar.overlay.engine import fill, skia
from emoar.overlay.fonts import EM, Span, fonts
from emoar.overlay.heads import face_box, head_box, is_close_up
from emoar.overlay.layout import Box, Wish
from emoar.types import Face, Frame

__all__ = ["LabelOverlay", "heading_of", "shown_labels"]

# Sizes in em, the height of the heading's text.
PADDING: Final = 0.62
HEADING: Final = 1.5
ROW: Final = 0.92
ROW_TEXT: Final = 0.66
BAR: Final = 0.30
BAR_LENGTH: Final = 3.6
DOT: Final = 0.26
GAP: Final = 0.45
MARGIN: Final = 0.45
ASIDE: Final = 0.2  # less than the distance of every place from the face
SMALL: Final = 0.75  # of the text size, for faces that stand close together
GLASS_RGB: Final = (17, 20, 27)
GLASS_ALPHA: Final = 0.74
WHITE: Final = (255, 255, 255)
MOST_ROWS: Final = 10  # of a model with more labels, the most probable ones are shown
LONGEST_NAME: Final = 24  # characters; a longer label is cut
LEAST_PX: Final = 5.0  # em; smaller text is not legible: the frame has no room for a label


class _Panel(NamedTuple):
    """The parts that do not depend on the percentages: shaped text, and sizes in units (`EM` units are one em)."""

    width: float
    names: tuple[Any, ...]
    names_width: float


class _Form(NamedTuple):
    """A way to draw a label; width and height are in units, `em` in pixels."""

    width: float
    height: float
    em: float
    panel: _Panel | None  # None: without bars
    heading: Any | None  # None: the number of the face alone
    over_own_face: bool = False


def heading_of(face: Face) -> str:
    """The label's first line: `describe_face` with a long label cut."""
    return describe_expression(_short(face.expression.label), face.expression.confidence, face.quality.reasons)


def shown_labels(probabilities: Mapping[str, float]) -> tuple[str, ...]:
    """The labels with a bar, in their order: all, or the `MOST_ROWS` most probable ones."""
    if len(probabilities) <= MOST_ROWS:
        return tuple(probabilities)
    best = set(sorted(probabilities, key=lambda label: -probabilities[label])[:MOST_ROWS])
    return tuple(label for label in probabilities if label in best)


class LabelOverlay(TextOverlay[_Form]):
    """Draws a dark translucent panel beside each head, where it covers no face and least of everything else.

    Where there is no room for it, it is drawn without bars, then in small letters, then as the face's number alone.
    """

    def __init__(self) -> None:
        super().__init__()
        self._fonts = fonts()
        self._heading = lru_cache(maxsize=1024)(self._shape_heading)
        self._panel = lru_cache(maxsize=32)(self._shape_panel)

    def _forms(self, face: Face, frame: Frame) -> list[_Form]:
        """The forms that fit into the frame, the one that tells most first."""
        em = text_size_px(face, frame)
        heading = self._heading(heading_of(face))
        width = heading.MaxIntrinsicWidth + (2 * PADDING + 2 * DOT + GAP) * EM
        lines = (HEADING + 0.2) * EM
        forms = [_Form(width, lines, em, None, heading), _Form(width, lines, SMALL * em, None, heading)]
        if face.quality.usable:
            panel = self._panel(shown_labels(face.expression.probabilities))
            height = (HEADING + len(panel.names) * ROW + PADDING) * EM
            forms.insert(0, _Form(max(panel.width, width), height, em, panel, heading))
        if is_close_up(face, frame.width_px, frame.height_px):
            forms.append(_Form(width, lines, em, None, heading, over_own_face=True))
        number = self._number(face.track_id)
        forms.append(_Form(max(number.MaxIntrinsicWidth + 0.9 * EM, lines), lines, SMALL * em, None, None))
        fitting = (form._replace(em=_fitting_em(form, frame)) for form in forms)
        return [form for form in fitting if form.em >= LEAST_PX]

    def _wish(self, face: Face, frame: Frame, number: int, form: _Form) -> Wish:
        last, margin = self._last.get(face.track_id), MARGIN * form.em
        size = form.em / EM * form.width, form.em / EM * form.height
        return Wish(
            size,
            lambda: _places(face, frame, size, form),
            Box(margin, margin, frame.width_px - margin, frame.height_px - margin),
            last[1] if last and last[0] == number else None,
            ASIDE * form.em,
            over_own_face=form.over_own_face,
            for_all=form.panel is not None,
        )

    def _draw_form(self, canvas: Any, face: Face, form: _Form, box: Box) -> None:
        canvas.save()
        canvas.translate(box.left, box.top)
        canvas.scale(form.em / EM, form.em / EM)
        if form.heading is None:
            _draw_number(canvas, form, self._number(face.track_id), colour_rgb(face))
        else:
            self._draw_panel(canvas, face, form, form.heading)
        canvas.restore()

    def _draw_panel(self, canvas: Any, face: Face, form: _Form, heading: Any) -> None:
        """Draws in units, with the panel's upper left corner at the canvas's origin."""
        panel, width = form.panel, form.width
        _draw_glass(canvas, form)
        middle = (HEADING / 2 + 0.1) * EM
        canvas.drawCircle((PADDING + DOT) * EM, middle, DOT * EM, fill(colour_rgb(face)))
        heading.paint(canvas, (PADDING + 2 * DOT + GAP) * EM, middle - heading.Height / 2)
        if panel is None:
            return
        left, right = (PADDING + GAP) * EM + panel.names_width, width - PADDING * EM
        probabilities = face.expression.probabilities
        colours = colours_rgb(tuple(probabilities))
        for row, label in enumerate(shown_labels(probabilities)):
            centre = (HEADING + 0.1 + (row + 0.5) * ROW) * EM
            panel.names[row].paint(canvas, PADDING * EM, centre - panel.names[row].Height / 2)
            bar = Box(left, centre - BAR * EM / 2, right, centre + BAR * EM / 2)
            _draw_bar(canvas, bar, colours[label], probabilities[label])

    def _number(self, track_id: int) -> Any:
        return self._heading(f"#{track_id}", GLASS_RGB)

    def _shape_heading(self, text: str, rgb: tuple[int, int, int] = WHITE) -> Any:
        first, space, rest = text.partition(" ")
        plain = text.startswith("skipped")
        spans = [Span(first, EM, rgb, weight=400 if plain else 500)]
        if rest:
            spans.append(Span(space + rest, EM, rgb, 1.0 if plain else 0.82))
        return self._fonts.paragraph(spans)

    def _shape_panel(self, labels: tuple[str, ...]) -> _Panel:
        names = tuple(self._fonts.paragraph([Span(_short(name), ROW_TEXT * EM, WHITE, 0.82)]) for name in labels)
        names_width = max(name.MaxIntrinsicWidth for name in names)
        widest = max(self._heading(f"{_short(label)} {MOST_CERTAIN_PERCENT} %").MaxIntrinsicWidth for label in labels)
        bars = names_width + (2 * PADDING + GAP + BAR_LENGTH) * EM
        return _Panel(max(bars, widest + (2 * PADDING + 2 * DOT + GAP) * EM), names, names_width)


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_NAME else f"{label[: LONGEST_NAME - 1]}…"


def _fitting_em(form: _Form, frame: Frame) -> float:
    """The form's em in pixels, smaller where the frame is."""
    margin = 2 * MARGIN * form.em
    room = (frame.width_px - margin) / form.width, (frame.height_px - margin) / form.height
    return min(form.em, EM * room[0], EM * room[1])


def _places(face: Face, frame: Frame, size: tuple[float, float], form: _Form) -> list[tuple[float, float]]:
    """Upper left corners around a head, the preferred ones first; the last ones lie over its own hair."""
    head, box, (width, height) = head_box(face), face_box(face), size
    gap, near = 0.5 * form.em, 0.3 * form.em
    middle_x, middle_y = (head.left + head.right - width) / 2, (head.top + head.bottom - height) / 2
    if form.over_own_face:
        return [(middle_x, frame.height_px - height), (middle_x, 0)]
    beside = [(head.right + gap, middle_y), (head.left - gap - width, middle_y)]
    under, over = (middle_x, head.bottom + gap), (middle_x, head.top - height - gap)
    hair, chin = box.top - height - near, box.bottom + near
    right, left = box.right + near, box.left - near - width
    return [
        *([*beside, under] if form.panel else [under, *beside]),  # one line is best under its own face
        over,
        *((x, chin) for x in (middle_x, box.left, box.right - width)),
        *((x, hair) for x in (middle_x, box.left, box.right - width)),
        *((x, y) for x in (right, left) for y in (box.top, box.bottom - height)),
    ]


def _draw_glass(canvas: Any, form: _Form) -> None:
    radius = min(0.75 * EM, form.height / 2)
    canvas.drawRoundRect(skia.Rect.MakeWH(form.width, form.height), radius, radius, fill(GLASS_RGB, GLASS_ALPHA))


def _draw_number(canvas: Any, form: _Form, number: Any, rgb: tuple[int, int, int]) -> None:
    """The number of a face on the colour of its label."""
    _draw_glass(canvas, form)
    edge = 0.18 * EM
    inner = Box(edge, edge, form.width - edge, form.height - edge)
    canvas.drawRoundRect(skia.Rect(*inner), inner.height / 2, inner.height / 2, fill(rgb))
    number.paint(canvas, (form.width - number.MaxIntrinsicWidth) / 2, (form.height - number.Height) / 2)


def _draw_bar(canvas: Any, box: Box, rgb: tuple[int, int, int], probability: float) -> None:
    """Draws the bar's background across the box, and the bar over it, whose length is the probability."""
    radius = box.height / 2
    canvas.drawRoundRect(skia.Rect(*box), radius, radius, fill(WHITE, 0.13))
    length = box.width * min(max(probability, 0.0), 1.0)
    if length < 0.02 * box.width:
        return
    filled = skia.Rect(box.left, box.top, box.left + max(length, box.height), box.bottom)
    canvas.drawRoundRect(filled, radius, radius, fill(rgb))
