"""The bars of `scripts/house.py` are kept, and the script sees what it has to see."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from house import figures, table, unmirrored
from house_imports import cycles, python_imports, web_imports
from house_words import old_words_in

ROOT = Path(__file__).parent.parent
LIST = Path(__file__).with_name("unmirrored.txt")
MOST_UNMIRRORED = 45  # as many as the list had when it was last shortened: it may only get shorter

FIGURES = {figure.name: figure for figure in figures(ROOT)}


@pytest.mark.parametrize("name", [figure.name for figure in FIGURES.values() if figure.bar])
def test_bar_is_kept(name: str) -> None:
    figure = FIGURES[name]
    assert not figure.offenders, f"{name}: {figure.value}, must be {figure.bar}:\n" + "\n".join(figure.offenders)


def test_modules_without_a_test_are_listed_and_get_fewer() -> None:
    listed, found = LIST.read_text().split(), unmirrored(ROOT)
    assert sorted(set(found) - set(listed)) == [], "these modules need a test of the same name"
    assert sorted(set(listed) - set(found)) == [], "these have a test now: take them out of tests/unmirrored.txt"
    assert len(listed) <= MOST_UNMIRRORED


def test_the_page_shows_each_figure() -> None:
    page = (ROOT / "docs/README.md").read_text()
    for figure in FIGURES.values():
        assert f"| {figure.name} |" in page, "make format writes the table"
    assert table([]) in page


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("self._judge_faces(tracked)", ["judge"]),
        ("judgeEveryS: 0.05", ["judge"]),
        ("LOOKS.map((look) => look)", ["looks", "look", "look"]),
        ("class PreparedLesson:", ["lesson"]),
        ("the crop is brought to size", ["brought"]),
        ("a model of one's own", ["of one's own"]),
        ("emoar image photo.jpg --overlay label", ["--overlay"]),
        ("/v1/expressions?overlay=label&labels=fer2013", ["?overlay=", "&labels="]),
        ("PipelineOptions(expression_model=path)", ["expression_model="]),
        # not old words
        ("looks happy (82 %), looks unsure, what a face looks like", []),
        ("except ProcessLookupError:  # lookup in a spreadsheet by heart", []),
        ("a teacher's predictions, by distillation", []),
        ("--overlays label --label-set ferplus --model-folder models", []),
        ("wireframe, softmax, essay, widespread, mistaken, shear, calmar", []),
        ("`looks.${label}`", []),
        ("", []),
    ],
)
def test_old_words(line: str, words: list[str]) -> None:
    assert old_words_in(line) == words


def test_cycles_are_found() -> None:
    graph = {"a": frozenset("b"), "b": frozenset("c"), "c": frozenset("b"), "d": frozenset("ae"), "e": frozenset("d")}
    assert cycles(graph) == [("b", "c"), ("d", "e")]
    assert cycles({"a": frozenset("bc"), "b": frozenset("c"), "c": frozenset()}) == []
    assert cycles({}) == []


def test_python_imports_count_inside_functions_and_for_types() -> None:
    sources = {
        "p": "from p.a import x",
        "p.a": "import os\ndef f():\n    from p.b import x",
        "p.b": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from p import a",
    }
    graph = python_imports({name: ast.parse(text) for name, text in sources.items()})
    assert graph == {"p": {"p.a"}, "p.a": {"p.b"}, "p.b": {"p.a"}}
    assert cycles(graph) == [("p.a", "p.b")]


def test_web_imports_count_for_types(tmp_path: Path) -> None:
    (tmp_path / "ui").mkdir()
    (tmp_path / "runtime.ts").write_text('import type { Check } from "./ui/check";\nimport "three";\n')
    (tmp_path / "ui/check.ts").write_text('export { run } from "../runtime";\n')
    (tmp_path / "ui/check.test.ts").write_text('import "./App.svelte";\n')
    (tmp_path / "ui/App.svelte").write_text('<script lang="ts">\n  import Page from "./Page.svelte";\n</script>\n')
    (tmp_path / "ui/Page.svelte").write_text('<script lang="ts">\n  const check = import("./check");\n</script>\n')
    graph = web_imports(tmp_path)
    assert graph == {
        "runtime.ts": {"ui/check.ts"},
        "ui/check.ts": {"runtime.ts"},
        "ui/App.svelte": {"ui/Page.svelte"},
        "ui/Page.svelte": {"ui/check.ts"},
    }
    assert cycles(graph) == [("runtime.ts", "ui/check.ts")]
