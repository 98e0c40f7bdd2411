"""Plain SVG bars, so that a report is one file that needs nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

__all__ = ["bars", "histogram", "stacked_bars"]

WIDTH: Final = 640
LABEL: Final = 150  # pixels for names
ROW: Final = 22
COLOURS: Final = ("#4c78a8", "#f58518", "#54a24b")


def bars(values: Mapping[str, float]) -> str:
    """One horizontal bar a name."""
    return stacked_bars({name: (value,) for name, value in values.items()}, ("",))


def stacked_bars(values: Mapping[str, Sequence[float]], parts: Sequence[str]) -> str:
    """One horizontal bar a name, of several parts, with a legend where the parts have names."""
    largest = max((sum(row) for row in values.values()), default=0) or 1
    scale = (WIDTH - LABEL - 90) / largest
    top = ROW if any(parts) else 0
    shapes: list[str] = []
    for index, part in enumerate(parts):
        if part:
            x = LABEL + index * 130
            shapes.append(f'<rect x="{x}" y="4" width="12" height="12" fill="{COLOURS[index % 3]}"/>')
            shapes.append(f'<text x="{x + 17}" y="14">{escape(part)}</text>')
    for line, (name, row) in enumerate(values.items()):
        y, x = top + line * ROW, float(LABEL)
        shapes.append(f'<text x="{LABEL - 8}" y="{y + 15}" text-anchor="end">{escape(name)}</text>')
        for index, value in enumerate(row):
            width = value * scale
            colour = COLOURS[index % 3]
            shapes.append(f'<rect x="{x:.1f}" y="{y + 3}" width="{width:.1f}" height="{ROW - 6}" fill="{colour}"/>')
            x += width
        shapes.append(f'<text x="{x + 6:.1f}" y="{y + 15}">{sum(row):,.0f}</text>')
    return _svg(shapes, top + len(values) * ROW)


def histogram(counts: Sequence[int], low: float, high: float) -> str:
    """Upright bars over equal steps of low..high."""
    largest, height = max(counts, default=0) or 1, 90
    step = (WIDTH - 40) / max(len(counts), 1)
    shapes = [
        f'<rect x="{20 + i * step:.1f}" y="{height - count / largest * 75:.1f}" width="{step - 2:.1f}" '
        f'height="{count / largest * 75:.1f}" fill="{COLOURS[0]}"><title>{count}</title></rect>'
        for i, count in enumerate(counts)
    ]
    shapes.append(f'<text x="20" y="{height + 15}">{low:g}</text>')
    shapes.append(f'<text x="{WIDTH - 20}" y="{height + 15}" text-anchor="end">{high:g}</text>')
    return _svg(shapes, height + 20)


def _svg(shapes: Sequence[str], height: int) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">{"".join(shapes)}</svg>'
