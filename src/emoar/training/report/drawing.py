"""Charts as a list of shapes, which become SVG text or a PNG; no plotting library, no fonts to fetch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final, Literal

__all__ = [
    "DARK",
    "LIGHT",
    "SERIES",
    "Box",
    "Drawing",
    "Group",
    "Line",
    "Shape",
    "Words",
    "columns",
    "to_png",
    "to_svg",
]

# A colour is one of these names: a page may show them otherwise, such as on a dark ground.
LIGHT: Final = {
    "paper": "#ffffff",
    "ink": "#1d2129",
    "muted": "#667085",
    "line": "#dfe3ea",
    "blue": "#2f6fde",
    "orange": "#d9731a",
    "green": "#22915c",
    "red": "#cf3f45",
    "purple": "#8a55c9",
    "teal": "#158a9c",
    "pink": "#c64591",
    "brown": "#8a6238",
    "grey": "#b3bac6",
}
DARK: Final = {
    "paper": "#151921",
    "ink": "#e8ebf1",
    "muted": "#98a2b3",
    "line": "#2f3643",
    "blue": "#6ea3ff",
    "orange": "#f2a25c",
    "green": "#58c795",
    "red": "#f0787d",
    "purple": "#b994ef",
    "teal": "#56c4d4",
    "pink": "#ee86c2",
    "brown": "#c9a27a",
    "grey": "#5a6373",
}
SERIES: Final = ("blue", "orange", "green", "purple", "red", "teal", "pink", "brown")
_FAMILY: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True)
class Box:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    opacity: float = 1.0
    radius: float = 0.0
    note: str = ""  # shown under the pointer


@dataclass(frozen=True)
class Line:
    """A line through points."""

    points: tuple[tuple[float, float], ...]
    stroke: str
    width: float = 1.0
    dashed: bool = False
    dots: float = 0.0  # radius of a dot at each point
    note: str = ""


@dataclass(frozen=True)
class Words:
    """One line of text; (x, y) is on its base line."""

    x: float
    y: float
    text: str
    fill: str = "ink"
    size: float = 12.0
    anchor: Anchor = "start"
    bold: bool = False
    upwards: bool = False  # reads from bottom to top


@dataclass(frozen=True)
class Group:
    """Shapes moved together."""

    x: float
    y: float
    shapes: tuple[Shape, ...]


Shape = Box | Line | Words | Group


@dataclass(frozen=True)
class Drawing:
    """Shapes on a ground of so many pixels."""

    width: float
    height: float
    title: str  # for those who cannot see it
    shapes: tuple[Shape, ...]


def columns(drawings: Sequence[Drawing], count: int, title: str, gap: float = 28.0) -> Drawing:
    """Drawings of about the same width in columns, each where there is most room."""
    wide = max((d.width for d in drawings), default=0.0)
    heights = [gap] * min(count, max(len(drawings), 1))
    groups: list[Shape] = []
    for drawing in drawings:
        column = heights.index(min(heights))
        groups.append(Group(gap + column * (wide + gap), heights[column], drawing.shapes))
        heights[column] += drawing.height + gap
    return Drawing(gap + len(heights) * (wide + gap), max(heights), title, tuple(groups))


def to_svg(drawing: Drawing, *, ground: bool = False) -> str:
    """SVG text that stands for itself. Colours are also classes, `f-NAME` and `s-NAME`, for a page to change.

    Args:
        drawing: what is drawn.
        ground: fills the ground, for a file of its own.
    """
    size = f'width="{_number(drawing.width)}" height="{_number(drawing.height)}"'
    box = f'viewBox="0 0 {_number(drawing.width)} {_number(drawing.height)}"'
    shapes = (*([Box(0, 0, drawing.width, drawing.height, "paper")] if ground else []), *drawing.shapes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {box} {size} role="img" font-family="{_FAMILY}">'
        f"<title>{escape(drawing.title)}</title>{''.join(map(_svg, shapes))}</svg>"
    )


def to_png(drawing: Drawing, scale: float = 2.0) -> bytes:
    """The drawing as a PNG, `scale` pixels for each of its units."""
    from emoar.overlay.engine import skia

    surface = skia.Surface(round(drawing.width * scale), round(drawing.height * scale))
    canvas = surface.getCanvas()
    canvas.scale(scale, scale)
    _paint(canvas, Box(0, 0, drawing.width, drawing.height, "paper"))
    for shape in drawing.shapes:
        _paint(canvas, shape)
    return bytes(surface.makeImageSnapshot().encodeToData(skia.kPNG, 100))


def _svg(shape: Shape) -> str:
    match shape:
        case Group(x, y, shapes):
            return f'<g transform="translate({_number(x)} {_number(y)})">{"".join(map(_svg, shapes))}</g>'
        case Box():
            place = " ".join(f'{n}="{_number(getattr(shape, n))}"' for n in ("x", "y", "width", "height"))
            look = f'fill="{LIGHT[shape.fill]}" class="f-{shape.fill}"'
            faint = f' fill-opacity="{_number(shape.opacity)}"' if shape.opacity < 1 else ""
            round_ = f' rx="{_number(shape.radius)}"' if shape.radius else ""
            return f"<rect {place} {look}{faint}{round_}>{_note(shape.note)}</rect>"
        case Line():
            return _svg_line(shape)
        case Words():
            return _svg_words(shape)


def _svg_line(line: Line) -> str:
    points = " ".join(f"{_number(x)},{_number(y)}" for x, y in line.points)
    look = f'fill="none" stroke="{LIGHT[line.stroke]}" class="s-{line.stroke}" stroke-width="{_number(line.width)}"'
    dashes = ' stroke-dasharray="4 3"' if line.dashed else ""
    text = f'<polyline points="{points}" {look}{dashes} stroke-linejoin="round">{_note(line.note)}</polyline>'
    if line.dots:
        dot = f'r="{_number(line.dots)}" fill="{LIGHT[line.stroke]}" class="f-{line.stroke}"'
        text += "".join(f'<circle cx="{_number(x)}" cy="{_number(y)}" {dot}/>' for x, y in line.points)
    return text


def _svg_words(words: Words) -> str:
    place = f'x="{_number(words.x)}" y="{_number(words.y)}" font-size="{_number(words.size)}"'
    look = f'fill="{LIGHT[words.fill]}" class="f-{words.fill}"'
    anchor = f' text-anchor="{words.anchor}"' if words.anchor != "start" else ""
    weight = ' font-weight="600"' if words.bold else ""
    turned = f' transform="rotate(-90 {_number(words.x)} {_number(words.y)})"' if words.upwards else ""
    return f"<text {place} {look}{anchor}{weight}{turned}>{escape(words.text)}</text>"


def _note(text: str) -> str:
    return f"<title>{escape(text)}</title>" if text else ""


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _paint(canvas: Any, shape: Shape) -> None:
    from emoar.overlay.engine import fill, skia, stroke

    match shape:
        case Group(x, y, shapes):
            canvas.save()
            canvas.translate(x, y)
            for inner in shapes:
                _paint(canvas, inner)
            canvas.restore()
        case Box(x, y, width, height):
            rect = skia.Rect.MakeXYWH(x, y, max(width, 0), max(height, 0))
            canvas.drawRoundRect(rect, shape.radius, shape.radius, fill(_rgb(shape.fill), shape.opacity))
        case Line():
            pen = stroke(_rgb(shape.stroke), shape.width)
            if shape.dashed:
                pen.setPathEffect(skia.DashPathEffect.Make([4.0, 3.0], 0.0))
            for (x0, y0), (x1, y1) in zip(shape.points, shape.points[1:], strict=False):
                canvas.drawLine(x0, y0, x1, y1, pen)
            for x, y in shape.points if shape.dots else ():
                canvas.drawCircle(x, y, shape.dots, fill(_rgb(shape.stroke)))
        case Words():
            _paint_words(canvas, shape)


def _paint_words(canvas: Any, words: Words) -> None:
    from emoar.overlay.fonts import EM, Span, fonts

    paragraph = fonts().paragraph([Span(words.text, EM, _rgb(words.fill), weight=700 if words.bold else 400)])
    scale = words.size / EM
    across = {"start": 0.0, "middle": 0.5, "end": 1.0}[words.anchor] * float(paragraph.LongestLine)
    canvas.save()
    canvas.translate(words.x, words.y)
    if words.upwards:
        canvas.rotate(-90)
    canvas.scale(scale, scale)
    paragraph.paint(canvas, -across, -float(paragraph.AlphabeticBaseline))
    canvas.restore()


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(LIGHT[colour][1:])
    return red, green, blue
