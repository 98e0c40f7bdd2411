"""pylsl, and what a user reads where it is missing."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import pytest

from emoar.errors import DependencyMissing
from emoar.events.lsl import library


def test_without_pylsl(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pylsl", None)
    with pytest.raises(DependencyMissing, match=r"pip install 'emoar\[lsl\]'"):
        library.load_pylsl()


def test_without_its_library(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_library(name: str) -> Any:
        raise RuntimeError("LSL binary library file was not found.\n Please make sure that ...")

    monkeypatch.setattr(library, "import_module", no_library)
    with pytest.raises(DependencyMissing, match="no liblsl for this machine: install liblsl") as caught:
        library.load_pylsl()
    assert "\n" not in str(caught.value)


def test_nothing_loads_it_early() -> None:
    for name in ("streams", "marker_inlet", "clock", "channels", "face_markers"):
        module = import_module(f"emoar.events.lsl.{name}")
        assert not any(getattr(value, "__name__", "") == "pylsl" for value in vars(module).values())
