"""The common style of all figures, and their output as SVG or PNG. Uses no pyplot and no global state."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure

__all__ = ["DARK", "LIGHT", "SERIES", "Chart", "page_svg", "sheet"]

# The Okabe-Ito palette, which is safe for colour blindness, and lighter variants for a dark background.
# Each colour has one name only, since `page_svg` replaces colours by CSS variables of their names.
LIGHT: Final[Mapping[str, str]] = {
    "paper": "#ffffff",
    "ink": "#1d2129",
    "muted": "#667085",
    "line": "#dfe3ea",
    "blue": "#0072b2",
    "vermilion": "#d55e00",
    "green": "#009e73",
    "pink": "#cc79a7",
    "orange": "#e69f00",
    "sky": "#56b4e9",
    "cell": "#0070b0",  # darkest shade of a matrix
    "on_cell": "#fefefe",
    # expressions, by category: the hues of `labels.COLOURS_RGB`, for print
    "neutral": "#a6aebb",
    "happiness": "#e8b417",
    "surprise": "#e2782b",
    "sadness": "#4a90d8",
    "anger": "#cc4137",
    "disgust": "#2f9f60",
    "fear": "#9b63c1",
    "contempt": "#a17b4b",
    "unsure": "#d9dde4",
}
DARK: Final[Mapping[str, str]] = {
    "paper": "#151921",
    "ink": "#e8ebf1",
    "muted": "#98a2b3",
    "line": "#2f3643",
    "blue": "#4da3dc",
    "vermilion": "#f08a4b",
    "green": "#3dc49c",
    "pink": "#e3a1c6",
    "orange": "#f3bd4f",
    "sky": "#9ad4f5",
    "cell": "#2377b5",
    "on_cell": "#f6f8fa",
    "neutral": "#8a94a4",
    "happiness": "#f0c83d",
    "surprise": "#f0994a",
    "sadness": "#62a8f0",
    "anger": "#ef6b5b",
    "disgust": "#45c084",
    "fear": "#c190e0",
    "contempt": "#c09d71",
    "unsure": "#454d5a",
}
SERIES: Final = ("blue", "vermilion", "green", "pink", "orange", "sky")
WIDTH_IN: Final = 5.2
_TITLE_IN: Final = 0.4
_LEAST_REST_IN: Final = 0.1  # a lower row leaves no space for the margins of the layout
_PNG_DPI: Final = 200
_STYLE: Final[Mapping[str, Any]] = {
    "font.sans-serif": ["DejaVu Sans"],  # included in matplotlib: the same metrics on all systems
    "font.size": 9,
    "axes.labelsize": 9,
    "axes.facecolor": "none",
    "figure.titlesize": 10,
    "figure.titleweight": "bold",
    "axes.labelcolor": LIGHT["ink"],
    "axes.edgecolor": LIGHT["muted"],
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": LIGHT["line"],
    "grid.linewidth": 0.8,
    "text.color": LIGHT["ink"],
    "text.parse_math": False,  # a label may hold a dollar sign
    "xtick.color": LIGHT["muted"],
    "ytick.color": LIGHT["muted"],
    "xtick.labelcolor": LIGHT["ink"],
    "ytick.labelcolor": LIGHT["ink"],
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "lines.linewidth": 1.6,
    "hatch.linewidth": 0.6,
    "svg.fonttype": "none",  # text instead of paths: smaller, selectable, and independent of the scripts of this font
    "svg.hashsalt": "emoar",  # deterministic output
}


@dataclass(frozen=True)
class Chart:
    """A chart of one pair of axes, drawn on demand."""

    title: str
    draw: Callable[[Axes], None]
    height_in: float = 3.1
    width_in: float = WIDTH_IN  # on a page; in a sheet all charts have one width


def page_svg(chart: Chart) -> str:
    """The SVG text of a chart for an HTML page, without its title and with CSS variables of the page as colours."""
    with _figure_style():
        figure = Figure(figsize=(chart.width_in, chart.height_in), layout="constrained")
        chart.draw(figure.subplots())
        svg = _svg(figure, "none")
    for name, colour in LIGHT.items():
        svg = svg.replace(f": {colour}", f": var(--{name})")
    svg = re.sub(r'<g id="[^"]*"', "<g", svg[svg.index("<svg") :])  # ids must be unique in a page with several figures
    opening, content = svg.split(">", 1)
    view_box = re.findall(r'viewBox="[^"]*"', opening)[0]
    return f'<svg role="img" aria-label="{escape(chart.title)}" {view_box}>{content}'


def sheet(charts: Sequence[Chart], kind: str, title: str, columns: int = 2) -> bytes:
    """Draws all charts with their titles in one figure.

    Args:
        charts: at least one chart.
        kind: `svg` or `png`.
        title: title in the metadata, for screen readers.
        columns: largest number of columns of charts.

    Returns:
        The content of the file.
    """
    stacks = _stacks(charts, columns)
    height = max(_height(stack) for stack in stacks)
    with _figure_style():
        figure = Figure(figsize=(WIDTH_IN * len(stacks), height), layout="constrained", facecolor=LIGHT["paper"])
        for column, stack in zip(figure.subfigures(1, len(stacks), squeeze=False)[0], stacks, strict=True):
            rest = height - _height(stack)  # below the last chart of the column
            heights = [*map(_height, ([chart] for chart in stack)), *([rest] if rest > _LEAST_REST_IN else [])]
            cells = column.subfigures(len(heights), 1, squeeze=False, height_ratios=heights)[:, 0]
            for cell, chart in zip(cells, stack, strict=False):
                cell.suptitle(chart.title, x=0.01, ha="left")
                chart.draw(cell.subplots())
        if kind == "svg":
            return _svg(figure, LIGHT["paper"], title).encode()
        content = io.BytesIO()
        figure.savefig(content, format="png", dpi=_PNG_DPI, metadata={"Title": title, "Software": None})
        return content.getvalue()


def _stacks(charts: Sequence[Chart], columns: int) -> list[list[Chart]]:
    """The charts of each column; each chart is added to the shortest column."""
    stacks: list[list[Chart]] = [[] for _ in range(min(columns, len(charts)))]
    for chart in charts:
        min(stacks, key=_height).append(chart)
    return stacks


def _height(stack: Sequence[Chart]) -> float:
    """The height of a column in inches, with titles and margins."""
    return sum(chart.height_in + _TITLE_IN for chart in stack)


@contextmanager
def _figure_style() -> Generator[None]:
    """A context with the style of the reports on matplotlib's defaults; restores the user's settings afterwards."""
    with style.context(["default", dict(_STYLE)]), warnings.catch_warnings():
        # Text in a script that the font lacks is measured as boxes; browsers still show it correctly.
        warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from font")
        yield


def _svg(figure: Figure, facecolor: str, title: str | None = None) -> str:
    metadata = {**dict.fromkeys(("Date", "Creator", "Format", "Type")), **({"Title": title} if title else {})}
    content = io.StringIO()
    figure.savefig(content, format="svg", facecolor=facecolor, metadata=metadata)
    return content.getvalue()
