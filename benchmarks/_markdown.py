"""Tables in Markdown, and the parts of a page that a program writes."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["replace_block", "table"]


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown, with its columns after the first aligned to the right."""
    lines = [headings, ["---", *["---:"] * (len(headings) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def replace_block(page: str, name: str, content: str) -> str:
    """The page with `content` between `<!-- NAME -->` and `<!-- end of NAME -->`.

    Raises:
        ValueError: the page has no such markers.
    """
    start, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    pattern = re.compile(re.escape(start) + r".*?" + re.escape(end), re.DOTALL)
    if not pattern.search(page):
        raise ValueError(f"the page has no block {name!r}: it starts with {start} and ends with {end}")
    return pattern.sub(lambda _: f"{start}\n\n{content.strip()}\n\n{end}", page, count=1)
