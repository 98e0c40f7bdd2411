"""What mkdocstrings is told about this package, besides its docstrings.

The comment behind a field of a dataclass, or behind a constant, is its description on the API pages:

    threads: int = 1  # of each model
    heads: Mapping[str, tuple[str, ...]] = LABEL_SETS
    # ^ a comment too long for its line goes on below, marked so

Names are described where they are defined, and methods that nobody calls by name are left out.
"""

from __future__ import annotations

import io
import re
import tokenize
from typing import Any, Final

import griffe

__all__ = ["ApiDocs"]

_DIRECTIVE: Final = re.compile(r"# (noqa|type:|pyright:|fmt:)")
_HIDDEN: Final = ("__post_init__", "__enter__", "__exit__", "__aenter__", "__aexit__")
_BELOW: Final = re.compile(r"^\s*# \^? ?(.+)$")


class ApiDocs(griffe.Extension):
    """Gives an attribute without a docstring its comment as one, and hides methods that nobody calls by name."""

    def on_attribute_instance(self, *, attr: griffe.Attribute, agent: Any, **_: Any) -> None:
        """Reads the comment on the attribute's last line, or the one below it that begins with `# ^`."""
        if attr.has_docstring or attr.endlineno is None:
            return
        lines = attr.lines_collection[attr.filepath]
        comment = _comment(lines[attr.endlineno - 1], lines[attr.endlineno : attr.endlineno + 3])
        if comment:
            attr.docstring = griffe.Docstring(comment, lineno=attr.endlineno, endlineno=attr.endlineno, parent=attr)

    def on_function_instance(self, *, func: griffe.Function, **_: Any) -> None:
        """Hides what Python calls: a class to be used with `with` has that in its own docstring."""
        if func.name in _HIDDEN:
            func.public = False

    def on_module_members(self, *, mod: griffe.Module, **_: Any) -> None:
        """A name is described where it is defined, not where it is exported again."""
        for member in mod.members.values():
            if member.is_alias:
                member.public = False


def _comment(line: str, following: list[str]) -> str:
    """The comment of a line and of the lines below that continue it; empty where there is none."""
    parts = [_behind(line)]
    marked = bool(following) and following[0].lstrip().startswith("# ^")
    for below in following if marked else ():
        found = _BELOW.match(below)
        if found is None:
            break
        parts.append(found.group(1).strip())
    return " ".join(part for part in parts if part)


def _behind(line: str) -> str:
    """The text of the comment behind the code of a line; a `#` inside a string begins none."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(line.strip()).readline))
    except (tokenize.TokenError, SyntaxError):  # the last line of a statement of several lines
        return line.rpartition("  # ")[2].strip() if "  # " in line else ""
    comments = [token.string for token in tokens if token.type == tokenize.COMMENT]
    return comments[0].lstrip("# ").strip() if comments and not _DIRECTIVE.match(comments[0]) else ""
