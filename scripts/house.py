"""Figures of the code's structure, each with the bar that it has to keep.

python scripts/house.py               # the table
python scripts/house.py --offenders   # and what breaks each bar
python scripts/house.py --unmirrored  # the modules without a test of the same name, as in tests/unmirrored.txt
python scripts/house.py --write       # puts the table into docs/README.md; --check fails where it is not current
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from statistics import median
from typing import Final

from house_imports import cycles, python_imports, web_imports
from house_words import old_words_of

__all__ = ["Figure", "figures", "table", "unmirrored"]

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = "docs/README.md"
START, END = "<!-- figures: scripts/house.py --write -->", "<!-- end of figures -->"

LONGEST_FILE: Final = 250  # lines
LONGEST_FUNCTION: Final = 50  # lines of its body, without the docstring
LARGEST_FOLDER: Final = 16  # modules of different kinds
LEAST_MIRRORED: Final = 0.8  # share of modules

# Modules of one kind count once in their folder.
_ALIKE: Final[dict[str, tuple[str, ...]]] = {
    "src/emoar/cli": ("*",),  # one file a command
    "src/emoar/media": ("*_sink", "*_sinks"),  # one file a format
    "src/emoar/overlay": (
        "label",
        "quote",
        "object",
        "sticker",
        "facepaint",
        "avatar",
        "wireframe",
        "box",
    ),  # the overlays
    "src/emoar/server/routes": ("*",),  # one file a group of addresses
    "src/emoar/training/data": ("read_*", "write_*"),  # one reader or writer a format
    "src/emoar/training/evaluation": ("predictor_*",),  # one file a runtime
    "web/src/screens": ("*",),  # one file a screen
}

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Figure:
    """One row of the table."""

    name: str
    value: str
    bar: str = ""  # what it has to be; empty where it is only shown
    offenders: tuple[str, ...] = ()  # what breaks the bar; empty when it is kept


@dataclass(frozen=True)
class _Code:
    """The package's modules, parsed."""

    lines: dict[str, int]  # path below the root -> number of lines
    trees: dict[str, ast.Module]  # dotted module -> its tree

    @classmethod
    def read(cls, root: Path) -> _Code:
        lines: dict[str, int] = {}
        trees: dict[str, ast.Module] = {}
        for path in sorted((root / "src/emoar").rglob("*.py")):
            text = path.read_text("utf-8")
            inner = path.relative_to(root / "src").with_suffix("")
            module = ".".join(inner.parts[:-1] if inner.name == "__init__" else inner.parts)
            lines[path.relative_to(root).as_posix()] = text.count("\n")
            trees[module] = ast.parse(text)
        return cls(lines, trees)


def figures(root: Path = ROOT) -> list[Figure]:
    """All figures of the tree at `root`."""
    code = _Code.read(root)
    web = {path.relative_to(root).as_posix(): _length(path) for path in _web_files(root)}
    cyclic = [f"{' <-> '.join(group)}" for group in cycles(python_imports(code.trees))]
    cyclic += [f"web: {' <-> '.join(group)}" for group in cycles(web_imports(root / "web/src"))]
    words = [f"{path}:{line}: {word}" for path, line, word in old_words_of(root)]
    largest = max(code.lines.values())
    return [
        Figure("modules in `src/emoar`; lines", f"{len(code.lines)}; {sum(code.lines.values()):,}"),
        Figure("files in `web/src`, without tests; lines", f"{len(web)}; {sum(web.values()):,}"),
        Figure(
            "lines of a module: median; largest (Python, web)",
            f"{median(code.lines.values()):.0f}; {largest}, {max(web.values(), default=0)}",
            f"at most {LONGEST_FILE}",
            tuple(f"{path}: {n} lines" for path, n in (code.lines | web).items() if n > LONGEST_FILE),
        ),
        _function_lengths(code),
        _folders(code, web),
        Figure("import cycles, in Python and in the browser app", str(len(cyclic)), "0", tuple(cyclic)),
        _mirrored(root),
        _docstrings(code),
        _raises(code),
        Figure("words of the old vocabulary", str(len(words)), "0", tuple(words)),
    ]


def unmirrored(root: Path = ROOT) -> list[str]:
    """The modules, as paths below `src/emoar`, that have no test of the same name at the same place in `tests`."""
    return [
        name.as_posix()
        for name in _mirrorable(root)
        if not (root / "tests" / name.parent / f"test_{name.name}").is_file()
    ]


def table(rows: Sequence[Figure]) -> str:
    """The figures as a table in Markdown."""
    head = "| | now | bar |\n|---|---|---|\n"
    return head + "".join(f"| {row.name} | {row.value} | {row.bar} |\n" for row in rows)


def _function_lengths(code: _Code) -> Figure:
    lengths = [(f"{module}.{name}", _body_lines(node)) for module, name, node in _functions(code, public=False)]
    long = tuple(f"{name}: {n} lines" for name, n in lengths if n > LONGEST_FUNCTION)
    value = f"{len(long)} of {len(lengths):,}"
    return Figure(f"functions over {LONGEST_FUNCTION} lines, without docstring", value, "0", long)


def _folders(code: _Code, web: dict[str, int]) -> Figure:
    sizes: dict[str, int] = {}
    for folder, names in _by_folder([*code.lines, *web]).items():
        patterns = _ALIKE.get(folder, ())
        alike = [name for name in names if any(fnmatch(name, pattern) for pattern in patterns)]
        sizes[folder] = len(names) - len(alike) + bool(alike)
    largest = max(sizes, key=lambda folder: sizes[folder])
    broken = tuple(f"{folder}: {n} modules" for folder, n in sizes.items() if n > LARGEST_FOLDER)
    name = "modules of different kinds in the largest folder"
    return Figure(name, f"{sizes[largest]} (`{largest}`)", f"at most {LARGEST_FOLDER}", broken)


def _mirrored(root: Path) -> Figure:
    count, without = len(_mirrorable(root)), unmirrored(root)
    share = 1 - len(without) / count
    broken = tuple(without) if share < LEAST_MIRRORED else ()
    value = f"{count - len(without)} of {count} ({share:.0%})"
    return Figure("modules with a test of the same name", value, f"at least {LEAST_MIRRORED:.0%}", broken)


def _docstrings(code: _Code) -> Figure:
    public = [node for _, _, node in _functions(code, public=True)]
    with_text = sum(ast.get_docstring(node) is not None for node in public)
    return Figure("public functions with a docstring", f"{with_text} of {len(public)} ({with_text / len(public):.0%})")


def _raises(code: _Code) -> Figure:
    raising = [node for _, _, node in _functions(code, public=True) if any(_own_raises(node))]
    documented = sum("Raises" in (ast.get_docstring(node) or "") for node in raising)
    value = f"{documented} of {len(raising)} ({documented / max(1, len(raising)):.0%})"
    return Figure("public functions that raise and document it", value)


def _functions(code: _Code, *, public: bool) -> Iterator[tuple[str, str, _Function]]:
    """Module, name and node; with `public`, only those of modules and public classes that are named without `_`."""

    def below(node: ast.AST, prefix: str) -> Iterator[tuple[str, _Function]]:
        for child in ast.iter_child_nodes(node):
            hidden = public and getattr(child, "name", "").startswith("_")
            if isinstance(child, _Function) and not hidden:
                yield prefix + child.name, child
            if isinstance(child, ast.ClassDef) and not hidden:
                yield from below(child, f"{prefix}{child.name}.")
            elif not public and not isinstance(child, ast.ClassDef):
                yield from below(child, prefix)

    for module, tree in code.trees.items():
        for name, node in below(tree, ""):
            yield module, name, node


def _body_lines(node: _Function) -> int:
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return body[-1].end_lineno - body[0].lineno + 1 if body and body[-1].end_lineno else 0


def _own_raises(node: ast.AST) -> Iterator[ast.Raise]:
    """`raise` statements of the function itself that make an error; `raise` alone passes one on."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Raise) and child.exc is not None:
            yield child
        if not isinstance(child, _Function | ast.ClassDef | ast.Lambda):
            yield from _own_raises(child)


def _mirrorable(root: Path) -> list[Path]:
    package = root / "src/emoar"
    return [path.relative_to(package) for path in sorted(package.rglob("*.py")) if not path.name.startswith("__")]


def _web_files(root: Path) -> list[Path]:
    files = (root / "web/src").rglob("*")
    return sorted(path for path in files if path.suffix in (".ts", ".svelte") and ".test." not in path.name)


def _by_folder(paths: Sequence[str]) -> dict[str, list[str]]:
    folders: dict[str, list[str]] = {}
    for path in paths:
        folder, _, name = path.rpartition("/")
        if not name.startswith("__"):
            folders.setdefault(folder, []).append(name.partition(".")[0])
    return folders


def _length(path: Path) -> int:
    return path.read_text("utf-8").count("\n")


def _page_with(page: str, rows: Sequence[Figure]) -> str:
    return re.sub(f"{START}.*{END}", f"{START}\n\n{table(rows)}\n{END}", page, flags=re.DOTALL)


def main() -> int:
    """Prints or writes; 1 where a bar is not kept or the page is not current."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ("offenders", "unmirrored", "write", "check"):
        parser.add_argument(f"--{option}", action="store_true")
    chosen = parser.parse_args()
    if chosen.unmirrored:
        print("\n".join(unmirrored()))
        return 0
    rows, page = figures(), ROOT / PAGE
    text = page.read_text("utf-8")
    if chosen.write:
        page.write_text(_page_with(text, rows), "utf-8")
    elif chosen.check and _page_with(text, rows) != text:
        print(f"{PAGE} does not show the current figures: make format writes them", file=sys.stderr)
        return 1
    elif not chosen.check:
        print(table(rows), end="")
        for row in rows if chosen.offenders else ():
            print("".join(f"\n{row.name}: {offender}" for offender in row.offenders), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
