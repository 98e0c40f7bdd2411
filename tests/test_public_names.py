"""What `import emoar` offers: the names, for people and for type checkers, and that none is loaded too early."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import emoar
import emoar.overlay

NAMES = """
AsyncClient Client Detection EmoarError Expression Face Frame LiveScene OneEuroOptions Painter Pipeline PipelineOptions
Quality QualityOptions Scene SmootherOptions TrackerOptions VideoOptions VideoSink draw open_frames to_dataframe
"""


def test_the_public_names_are_these() -> None:
    """Adding one is a decision; losing one breaks users."""
    assert emoar.__all__ == dir(emoar) == NAMES.split()
    for name in emoar.__all__:
        assert getattr(emoar, name).__name__ == name


@pytest.mark.parametrize("package", [emoar, emoar.overlay])
def test_type_checkers_see_the_same_names_in_the_same_places(package) -> None:  # type: ignore[no-untyped-def]
    tree = ast.parse(Path(package.__file__).read_text())
    block = next(node for node in tree.body if isinstance(node, ast.If))
    assert ast.unparse(block.test) == "TYPE_CHECKING"
    static = [(node.module, alias) for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names]
    assert sorted(alias.asname or "" for _, alias in static) == sorted(package.__all__)
    for module, alias in static:
        assert alias.name == alias.asname
        assert getattr(import_module(str(module)), alias.name) is getattr(package, alias.name)


def test_another_name() -> None:
    with pytest.raises(AttributeError, match="module 'emoar' has no attribute 'pipelines'"):
        _ = emoar.pipelines  # type: ignore[attr-defined]


def test_names_are_loaded_when_they_are_used() -> None:
    program = "import sys, emoar; print('numpy' in sys.modules); emoar.Frame; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


def test_a_star_import_gives_all() -> None:
    names: dict[str, object] = {}
    exec("from emoar import *", names)
    assert set(emoar.__all__) <= names.keys()
