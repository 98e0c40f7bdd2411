"""The import graphs of the package and of the browser app, and the cycles in them."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

__all__ = ["cycles", "python_imports", "web_imports"]

Graph = Mapping[str, frozenset[str]]

_FROM: Final = re.compile(r"""(?:\bfrom|\bimport\(|^\s*import)\s*["'](\.[^"']*)["']""", re.MULTILINE)
_ENDINGS: Final = ("", ".ts", ".svelte", ".svelte.ts", "/index.ts")


def python_imports(trees: Mapping[str, ast.Module]) -> Graph:
    """By module, the modules of the same package that it imports: at the top, inside functions, and for types alone.

    Public names that a package's `__init__` loads when they are first used count only for that package's own modules:
    `emoar` itself is the door, and nothing inside imports through it.
    """
    graph: dict[str, frozenset[str]] = {}
    for module, tree in trees.items():
        found: set[str] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names if alias.name in trees)
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                for alias in node.names:
                    inner = f"{node.module}.{alias.name}"
                    found.add(inner if inner in trees else node.module)
        graph[module] = frozenset(found & trees.keys() - {module, module.partition(".")[0]})
    return graph


def web_imports(root: Path) -> Graph:
    """By file below `root` (.ts and .svelte, without tests), the files that it imports, also for types alone."""
    found = {path for path in root.rglob("*") if path.suffix in (".ts", ".svelte") and ".test." not in path.name}
    files = {path.relative_to(root).as_posix(): path for path in sorted(found)}
    graph: dict[str, frozenset[str]] = {}
    for name, path in files.items():
        targets = (target.partition("?")[0] for target in _FROM.findall(path.read_text("utf-8")))
        bases = [posixpath.normpath(posixpath.join(posixpath.dirname(name), target)) for target in targets]
        graph[name] = frozenset({base + ending for base in bases for ending in _ENDINGS} & files.keys() - {name})
    return graph


def cycles(graph: Graph) -> list[tuple[str, ...]]:
    """Each group of modules that reach each other, sorted by name (Tarjan, 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    groups: list[tuple[str, ...]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in sorted(graph[node]):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            start = stack.index(node)
            if len(stack) - start > 1:
                groups.append(tuple(sorted(stack[start:])))
            del stack[start:]

    for node in sorted(graph):
        if node not in index:
            visit(node)
    return sorted(groups)
