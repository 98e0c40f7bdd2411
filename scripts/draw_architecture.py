"""Draws docs/architecture.svg: the rooms of the package by layer, the browser app beside it, and what both share."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Final

OUTPUT: Final = Path(__file__).resolve().parent.parent / "docs/architecture.svg"
WIDTH, HEIGHT = 1000, 640
ROW, GAP, LEFT = 44, 10, 24  # px

# From the top: what stands on top imports what lies below, never the other way round.
LAYERS: Final = (
    (("cli", "one file a command"),),
    (("server", "http, workers, jobs, pages, routes"),),
    (("training", "data to models"), ("annotate", "the loop"), ("client", "calls a server"), ("web_build", "the app")),
    (("demo", "a clip of two people"), ("bench", "speed of each stage")),
    (("pipeline", "frame in, scene out"), ("overlay", "draws a scene"), ("media", "sources and sinks")),
    (("perception", "detect, mesh, track, pose, align, classify, smooth"),),
    (("models", "files, hashes, metadata"), ("runtime", "LiteRT")),
    (("types, geometry, labels, canonical, files, errors", "the values that flow"),),
)
WEB: Final = (
    ("screens", "live, photo, learn, session, privacy"),
    ("overlay", "three.js: labels, stickers, objects"),
    ("worker", "inference off the page"),
    ("perception", "the same stages, the same names"),
    ("runtime, types, geometry", "LiteRT in WebAssembly"),
)
SHARED: Final = (
    ("model files", ".tflite, the same bytes"),
    ("content", "quotes, stickers, paint"),
    ("tests/golden", "numbers that both have to give"),
)


def main() -> None:
    """Writes the picture."""
    split = 650  # px: right edge of the package
    parts = [_frame(LEFT, 16, split - LEFT, 486, "src/emoar (Python)")]
    for row, boxes in enumerate(LAYERS):
        parts += _row(boxes, LEFT + 14, 52 + row * (ROW + GAP), split - LEFT - 28, "#dbe7f5")
    parts.append(_frame(split + 24, 16, WIDTH - split - 48, 486, "web/src (TypeScript)"))
    for row, box in enumerate(WEB):
        top = 52 + row * (ROW + GAP) * 1.75
        parts += _row((box,), split + 38, top, WIDTH - split - 76, "#e3f0e0")
    parts.append(_frame(LEFT, 526, WIDTH - 2 * LEFT, 98, "shared"))
    parts += _row(SHARED, LEFT + 14, 562, WIDTH - 2 * LEFT - 28, "#f6ead6")
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'font-family="Roboto, Helvetica, Arial, sans-serif" text-anchor="middle">\n'
        "<title>The layers of the package and of the browser app</title>\n"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>\n'
    )
    OUTPUT.write_text(head + "\n".join(parts) + "\n</svg>\n", "utf-8")


def _frame(left: float, top: float, width: float, height: float, title: str) -> str:
    return (
        f'<rect x="{left}" y="{top}" width="{width}" height="{height}" rx="10" fill="#f7f8fa" stroke="#9aa5b1"/>\n'
        f'<text x="{left + 14}" y="{top + 24}" text-anchor="start" font-size="15" fill="#3b4754">{escape(title)}</text>'
    )


def _row(boxes: tuple[tuple[str, str], ...], left: float, top: float, width: float, fill: str) -> list[str]:
    """Boxes beside each other: name in bold, what it is below."""
    each = (width - GAP * (len(boxes) - 1)) / len(boxes)
    parts: list[str] = []
    for index, (name, text) in enumerate(boxes):
        x = left + index * (each + GAP)
        middle = x + each / 2
        parts.append(f'<rect x="{x:.0f}" y="{top:.0f}" width="{each:.0f}" height="{ROW}" rx="6" fill="{fill}"/>')
        name_y = top + (19 if text else 27)
        parts.append(_text(middle, name_y, 14, "#16202b", name, "bold"))
        if text:
            parts.append(_text(middle, top + 35, 12, "#3b4754", text, "normal"))
    return parts


def _text(x: float, y: float, size: int, fill: str, text: str, weight: str) -> str:
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" fill="{fill}" font-weight="{weight}">{escape(text)}</text>'
    )


if __name__ == "__main__":
    main()
