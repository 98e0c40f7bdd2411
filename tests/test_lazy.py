"""Names that a package loads when they are first used."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from emoar.lazy import lazy_names


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = ModuleType("made_up")
    module.__path__ = []
    inner = ModuleType("made_up.inner")
    inner.value = 7  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "made_up", module)
    monkeypatch.setitem(sys.modules, "made_up.inner", inner)
    names, load, listed = lazy_names("made_up", {"inner": ("value",), "missing": ("other",)})
    vars(module).update(__all__=names, __getattr__=load, __dir__=listed)
    return module


def test_a_name_is_loaded_once_and_kept(package: ModuleType) -> None:
    assert package.__all__ == dir(package) == ["other", "value"]
    assert "value" not in vars(package)
    assert package.value == 7
    assert vars(package)["value"] == 7


def test_a_name_that_is_not_there(package: ModuleType) -> None:
    with pytest.raises(AttributeError, match="module 'made_up' has no attribute 'nothing'"):
        _ = package.nothing
    with pytest.raises(ModuleNotFoundError):
        _ = package.other
