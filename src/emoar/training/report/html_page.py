"""A page in one file: styles, charts and pictures are inside, nothing is fetched, no script runs."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.training.report.drawing import DARK, LIGHT, Drawing, to_svg

__all__ = ["cards", "faces", "figure", "grid", "heading", "note", "page", "part", "section", "table"]

_STYLE: Final = """
:root{color-scheme:light dark;%(light)s}
@media (prefers-color-scheme:dark){:root{%(dark)s}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);line-height:1.5;
font-family:system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;font-size:15px}
main{max-width:1080px;margin:0 auto;padding:32px 24px 64px}
h1{font-size:28px;line-height:1.2;margin:0 0 4px}
h2{font-size:21px;margin:44px 0 12px;padding-top:20px;border-top:1px solid var(--line)}
h3{font-size:15px;margin:26px 0 8px}
p{margin:6px 0 12px;max-width:78ch}.muted{color:var(--muted)}
table{border-collapse:collapse;margin:8px 0 16px;font-variant-numeric:tabular-nums}
.wide{overflow-x:auto}
th{font-weight:600;font-size:13px;color:var(--muted);text-align:right;padding:6px 14px 6px 0;
border-bottom:1px solid var(--line);vertical-align:bottom}
td{text-align:right;padding:5px 14px 5px 0;border-bottom:1px solid var(--line);white-space:nowrap}
th:first-child,td:first-child{text-align:left}
td small{color:var(--muted)}
.cards{display:flex;flex-wrap:wrap;gap:14px;margin:18px 0}
.card{border:1px solid var(--line);border-radius:12px;padding:14px 18px;min-width:200px;flex:1}
.card b{display:block;font-size:32px;line-height:1.15;font-weight:650}
.card span{color:var(--muted);font-size:13px;display:block}
.grid{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%%,430px),1fr));gap:20px 28px;align-items:start}
figure{margin:0}figure svg{max-width:100%%;height:auto;display:block}
figcaption{font-weight:600;font-size:14px;margin:0 0 8px}
.faces{display:grid;grid-template-columns:repeat(auto-fill,minmax(104px,1fr));gap:14px 10px}
.faces img{width:96px;height:96px;border-radius:8px;display:block;background:var(--line);object-fit:cover}
.face{font-size:12px;line-height:1.35}.face .row{color:var(--muted)}
%(shapes)s
"""


def page(title: str, body: Iterable[str]) -> str:
    """The whole page."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_style()}</style></head>\n"
        f"<body><main>{chr(10).join(body)}</main></body></html>\n"
    )


def heading(text: str) -> str:
    """What the page is about."""
    return f"<h1>{escape(text)}</h1>"


def part(title: str, inner: str) -> str:
    """A part of a section."""
    return f"<div><h3>{escape(title)}</h3>{inner}</div>"


def section(title: str, body: Iterable[str]) -> str:
    """A heading and what is under it."""
    return f"<section><h2>{escape(title)}</h2>{''.join(body)}</section>"


def note(text: str) -> str:
    """A paragraph that explains."""
    return f'<p class="muted">{escape(text)}</p>'


def cards(entries: Iterable[tuple[str, str, str]]) -> str:
    """What stands out: a name, a large figure, a line under it."""
    inner = "".join(
        f'<div class="card"><span>{escape(name)}</span><b>{escape(figure)}</b><span>{escape(under)}</span></div>'
        for name, figure, under in entries
    )
    return f'<div class="cards">{inner}</div>'


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Text in the first column, figures in the others."""
    head = "".join(f"<th>{escape(text)}</th>" for text in headings)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def figure(drawing: Drawing, caption: str = "") -> str:
    """A chart under its name, if it does not have that inside."""
    above = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    return f"<figure>{above}{to_svg(drawing)}</figure>"


def grid(parts: Iterable[str]) -> str:
    """Charts side by side where the window is wide enough."""
    return f'<div class="grid">{"".join(parts)}</div>'


def faces(entries: Iterable[tuple[NDArray[np.uint8], str, str]]) -> str:
    """Thumbnails: a grey or RGB crop, what is to be said of it, and where it is in the data."""
    inner = "".join(
        f'<div class="face"><img alt="" src="{_inline(image)}">{escape(words)}'
        f'<div class="row">{escape(where)}</div></div>'
        for image, words, where in entries
    )
    return f'<div class="faces">{inner}</div>'


def _inline(image: NDArray[np.uint8]) -> str:
    bgr = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    encoded = cv2.imencode(".png", bgr)[1].tobytes()
    return f"data:image/png;base64,{base64.b64encode(encoded).decode()}"


def _style() -> str:
    light, dark = (";".join(f"--{name}:{value}" for name, value in tones.items()) for tones in (LIGHT, DARK))
    shapes = "".join(f".f-{name}{{fill:var(--{name})}}.s-{name}{{stroke:var(--{name})}}" for name in LIGHT)
    return _STYLE % {"light": light, "dark": dark, "shapes": shapes}
