"""An empty model folder and a folder with both small models."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_models import ALPHA, BETA, fake_model

from emoar.models import public


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty model folder, with two small models instead of the public ones."""
    monkeypatch.setattr(public, "PUBLIC_MODELS", (fake_model("alpha", ALPHA), fake_model("beta", BETA)))
    return tmp_path / "models"


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """A folder that holds both models, one deep inside and under another name."""
    (tmp_path / "stick" / "deep" / "er").mkdir(parents=True)
    (tmp_path / "stick" / "deep" / "er" / "renamed.bin").write_bytes(ALPHA)
    (tmp_path / "stick" / "beta.tflite").write_bytes(BETA)
    (tmp_path / "stick" / "same-size.bin").write_bytes(b"x" * len(ALPHA))
    return tmp_path / "stick"


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
