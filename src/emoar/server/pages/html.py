"""Pages without scripts: escaped HTML elements and a page around them, with one style sheet."""

from __future__ import annotations

from html import escape
from typing import Final

__all__ = ["STYLE", "page", "tag", "text"]

STYLE: Final = """\
:root { color-scheme: light dark; --ink: light-dark(#1b2430, #e8edf2); --paper: light-dark(#ffffff, #10161d);
  --soft: light-dark(#5a6675, #9aa7b5); --line: light-dark(#d8dee6, #2a3542); --bar: light-dark(#2f6fde, #6ea0ff); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 58rem; padding: 1.5rem 1rem 4rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem; } h3 { font-size: 1rem; margin-bottom: .25rem; }
a { color: var(--bar); } p.soft, .soft { color: var(--soft); }
form { display: grid; gap: 1rem; padding: 1.25rem; border: 1px solid var(--line); border-radius: .75rem; }
form > div { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; align-items: center; }
input[type=file] { max-width: 100%; font: inherit; } input[type=password] { font: inherit; padding: .4rem; }
button { justify-self: start; padding: .6rem 1.4rem; border: 0; border-radius: .5rem; font: inherit; font-weight: 600;
  background: var(--bar); color: light-dark(#ffffff, #10161d); cursor: pointer; }
button:focus-visible, input:focus-visible, a:focus-visible { outline: 3px solid var(--bar); outline-offset: 2px; }
img { display: block; max-width: 100%; height: auto; border-radius: .75rem; }
.faces { display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: 1rem; margin-top: 1.5rem; }
.face { border: 1px solid var(--line); border-radius: .75rem; padding: 1rem; }
.face h2 { margin: 0 0 .5rem; }
.row { display: grid; grid-template-columns: 6.5rem 1fr 3.5rem; gap: .5rem; align-items: center; }
.row span:last-child { text-align: right; font-variant-numeric: tabular-nums; }
meter { width: 100%; height: .9rem; }
[role=alert] { padding: 1rem; border-radius: .75rem; border: 2px solid light-dark(#b3261e, #ff8a80); }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-top: 1px solid var(--line); }
code, pre { font: .9rem/1.45 ui-monospace, monospace; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid var(--line); border-radius: .5rem; }
.method { font-weight: 700; }
"""


def text(value: object) -> str:
    """The value as text with `<`, `>`, `&` and quotes escaped."""
    return escape(str(value), quote=True)


def tag(name: str, *inside: str, **attributes: object) -> str:
    """An HTML element. `inside` is markup, which is not escaped; `class_` gives the attribute `class`.

    True gives an attribute without a value; None and False leave the attribute out.
    """
    rendered = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{text(value)}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    return f"<{name}{rendered}>{''.join(inside)}</{name}>"


def page(title: str, *body: str, style_address: str) -> str:
    """A complete HTML document; `body` is markup, which is not escaped."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{text(title)}</title><link rel="stylesheet" href="{text(style_address)}">'
        f'<link rel="icon" href="data:,"></head><body>{"".join(body)}</body></html>'
    )
