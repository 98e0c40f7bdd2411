"""The expression as text beside the head, with a bar for each probability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from emoar.labels import colours_rgb
from emoar.overlay.base import colour_rgb, is_drawable, text_size_px
from emoar.overlay.describe import MOST_CERTAIN_PERCENT, describe_expression
from emoar.overlay.engine import fill, skia
from emoar.overlay.fonts import EM, Span, fonts
from emoar.overlay.layout import Box, Obstacle, cheapest_position, clamp_to_frame, head_box
from emoar.types import Face, Frame, Scene

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


def heading_of(face: Face) -> str:
    """The label's first line: `describe_face` with a long label cut."""
    return describe_expression(_short(face.expression.label), face.expression.confidence, face.quality.reasons)


def shown_labels(probabilities: Mapping[str, float]) -> tuple[str, ...]:
    """The labels with a bar, in their order: all, or the `MOST_ROWS` most probable ones."""
    if len(probabilities) <= MOST_ROWS:
        return tuple(probabilities)
    best = set(sorted(probabilities, key=lambda label: -probabilities[label])[:MOST_ROWS])
    return tuple(label for label in probabilities if label in best)


class LabelOverlay:
    """Draws a dark translucent panel beside each head: at the right, left, below or above, where it covers least."""

    def __init__(self) -> None:
        self._fonts = fonts()
        self._last: dict[int, int] = {}  # place of each face's panel in the last frame
        self._heading = lru_cache(maxsize=1024)(self._shape_heading)
        self._panel = lru_cache(maxsize=32)(self._shape_panel)

    def reset(self) -> None:
        """Clears the place of each label in the last frame."""
        self._last.clear()

    def draw(self, canvas: Any, scene: Scene, occupied: Sequence[Box]) -> Sequence[Box]:
        """Draws one label for each face; returns their boxes."""
        faces = [face for face in scene.faces if is_drawable(face)]
        self._last = {face.track_id: self._last[face.track_id] for face in faces if face.track_id in self._last}
        placed: list[Box] = []
        for face in faces:
            obstacles = [Obstacle(box, 3.0) for box in (*occupied, *placed)]
            obstacles += [Obstacle(head_box(other), 1.5) for other in faces if other is not face]
            placed.append(self._draw_one(canvas, face, scene.frame, [*obstacles, Obstacle(head_box(face), 2.0)]))
        return placed

    def _draw_one(self, canvas: Any, face: Face, frame: Frame, obstacles: Sequence[Obstacle]) -> Box:
        em = text_size_px(face, frame)
        panel, heading = self._panel(shown_labels(face.expression.probabilities)), self._heading(heading_of(face))
        usable = face.quality.usable
        width = heading.MaxIntrinsicWidth + (2 * PADDING + 2 * DOT + GAP) * EM
        width = max(panel.width, width) if usable else width
        height = (HEADING + (len(panel.names) * ROW + PADDING if usable else 0.2)) * EM
        margin = 2 * MARGIN * em
        em = min(em, EM * (frame.width_px - margin) / width, EM * (frame.height_px - margin) / height)
        if em < LEAST_PX:
            return Box(0, 0, 0, 0)
        scale = em / EM
        box = self._place(face, frame, Box(0, 0, scale * width, scale * height), obstacles, em)
        canvas.save()
        canvas.translate(box.left, box.top)
        canvas.scale(scale, scale)
        self._draw_panel(canvas, face, width, height, panel, heading)
        canvas.restore()
        return box

    def _place(self, face: Face, frame: Frame, size: Box, obstacles: Sequence[Obstacle], em: float) -> Box:
        head = head_box(face)
        top = (head.top + head.bottom - size.height) / 2
        beside, above = 0.5 * em, head.top - size.height - 0.5 * em
        middle = (head.left + head.right - size.width) / 2
        wanted = [
            size.shifted(head.right + beside, top),
            size.shifted(head.left - beside - size.width, top),
            size.shifted(middle, head.bottom + beside),
            size.shifted(middle, above),
        ]
        places = [clamp_to_frame(box, frame.width_px, frame.height_px, MARGIN * em) for box in wanted]
        index = cheapest_position(places, wanted, obstacles, self._last.get(face.track_id))
        self._last[face.track_id] = index
        place = places[index]
        return place.shifted(round(place.left) - place.left, round(place.top) - place.top)  # integer pixels: sharp text

    def _draw_panel(self, canvas: Any, face: Face, width: float, height: float, panel: _Panel, heading: Any) -> None:
        """Draws in units, with the panel's upper left corner at the canvas's origin."""
        radius = min(0.75 * EM, height / 2)
        canvas.drawRoundRect(skia.Rect.MakeWH(width, height), radius, radius, fill(GLASS_RGB, GLASS_ALPHA))
        middle = (HEADING / 2 + 0.1) * EM
        canvas.drawCircle((PADDING + DOT) * EM, middle, DOT * EM, fill(colour_rgb(face)))
        heading.paint(canvas, (PADDING + 2 * DOT + GAP) * EM, middle - heading.Height / 2)
        if not face.quality.usable:
            return
        left, right = (PADDING + GAP) * EM + panel.names_width, width - PADDING * EM
        probabilities = face.expression.probabilities
        colours = colours_rgb(tuple(probabilities))
        for row, label in enumerate(shown_labels(probabilities)):
            centre = (HEADING + 0.1 + (row + 0.5) * ROW) * EM
            panel.names[row].paint(canvas, PADDING * EM, centre - panel.names[row].Height / 2)
            bar = Box(left, centre - BAR * EM / 2, right, centre + BAR * EM / 2)
            _draw_bar(canvas, bar, colours[label], probabilities[label])

    def _shape_heading(self, text: str) -> Any:
        first, space, rest = text.partition(" ")
        plain = text.startswith("skipped")
        spans = [Span(first, EM, WHITE, weight=400 if plain else 500)]
        if rest:
            spans.append(Span(space + rest, EM, WHITE, 1.0 if plain else 0.82))
        return self._fonts.paragraph(spans)

    def _shape_panel(self, labels: tuple[str, ...]) -> _Panel:
        names = tuple(self._fonts.paragraph([Span(_short(name), ROW_TEXT * EM, WHITE, 0.82)]) for name in labels)
        names_width = max(name.MaxIntrinsicWidth for name in names)
        widest = max(self._heading(f"{_short(label)} {MOST_CERTAIN_PERCENT} %").MaxIntrinsicWidth for label in labels)
        bars = names_width + (2 * PADDING + GAP + BAR_LENGTH) * EM
        return _Panel(max(bars, widest + (2 * PADDING + 2 * DOT + GAP) * EM), names, names_width)


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_NAME else f"{label[: LONGEST_NAME - 1]}…"


def _draw_bar(canvas: Any, box: Box, rgb: tuple[int, int, int], probability: float) -> None:
    """Draws the bar's background across the box, and the bar over it, whose length is the probability."""
    radius = box.height / 2
    canvas.drawRoundRect(skia.Rect(*box), radius, radius, fill(WHITE, 0.13))
    length = box.width * min(max(probability, 0.0), 1.0)
    if length < 0.02 * box.width:
        return
    filled = skia.Rect(box.left, box.top, box.left + max(length, box.height), box.bottom)
    canvas.drawRoundRect(filled, radius, radius, fill(rgb))
