"""Public names that are loaded when they are first used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from emoar.lazy import lazy_names


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package with two submodules, of which only those that are used are loaded."""
    (tmp_path / "lazy_sample").mkdir()
    (tmp_path / "lazy_sample" / "__init__.py").write_text("")
    (tmp_path / "lazy_sample" / "fast.py").write_text("Quick = 'quick'\n")
    (tmp_path / "lazy_sample" / "heavy.py").write_text("raise ImportError('an extra is missing')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield "lazy_sample"
    for name in [name for name in sys.modules if name.partition(".")[0] == "lazy_sample"]:
        del sys.modules[name]


def test_names_are_sorted_and_loaded_on_first_use(package: str) -> None:
    module = __import__(package)
    names, load, listed = lazy_names(package, {"heavy": ["Slow"], "fast": ["Quick"]})
    assert names == listed() == ["Quick", "Slow"]
    assert "lazy_sample.fast" not in sys.modules
    assert load("Quick") == "quick"
    assert module.Quick == "quick"  # the next use does not ask the function again
    with pytest.raises(ImportError, match="an extra is missing"):
        load("Slow")


def test_a_name_that_does_not_exist(package: str) -> None:
    _, load, _ = lazy_names(package, {"fast": ["Quick"]})
    with pytest.raises(AttributeError, match="module 'lazy_sample' has no attribute 'Slow'"):
        load("Slow")


def test_every_public_name_of_the_package_can_be_loaded() -> None:
    program = "import emoar\nprint(len([getattr(emoar, name) for name in emoar.__all__]))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 20
