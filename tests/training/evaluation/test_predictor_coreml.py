"""A Core ML package: refused where it cannot run, and, with the library replaced, what is handed to it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from emoar.errors import DependencyMissing, ModelMismatch
from emoar.models.inputs import CropInput
from emoar.models.metadata import ModelInfo, info_to_dict
from emoar.training.evaluation.open_predictor import open_predictor
from emoar.training.faces.inputs import FaceBatch

INFO = ModelInfo("mine", CropInput(16, 3), {"custom": ("red", "green", "blue")})


class Package:
    """What coremltools gives for a package: the mean of each channel, with a batch axis."""

    def __init__(self, path: str, **_: Any) -> None:
        text = (Path(path) / "about.json").read_text()
        self.user_defined_metadata = {"emoar": text} if text else {}

    def predict(self, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        means = inputs["face"].mean(axis=(2, 3), dtype=np.float64)
        return {"custom": means / means.sum()}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "mine.mlpackage"
    folder.mkdir()
    (folder / "about.json").write_text(json.dumps(info_to_dict(INFO)))
    return folder


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = SimpleNamespace(models=SimpleNamespace(MLModel=Package), ComputeUnit=SimpleNamespace(CPU_ONLY=0))
    monkeypatch.setitem(sys.modules, "coremltools", fake)
    monkeypatch.setattr(sys, "platform", "darwin")


def test_elsewhere_it_does_not_run(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(DependencyMissing, match=r"mine\.mlpackage: Core ML runs on macOS only"):
        open_predictor(package)


def test_without_the_library_the_remedy_is_named(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setitem(sys.modules, "coremltools", None)
    with pytest.raises(DependencyMissing, match="pip install coremltools"):
        open_predictor(package)


def test_faces_go_in_one_after_the_other_with_channels_first(package: Path, library: None) -> None:
    predictor = open_predictor(package)
    crops = np.zeros((2, 16, 16, 3), np.uint8)
    crops[0], crops[1] = (6, 3, 1), (0, 1, 1)
    found = predictor.predict(FaceBatch(crops))["custom"]
    np.testing.assert_allclose(found, [[0.6, 0.3, 0.1], [0, 0.5, 0.5]], rtol=1e-6)
    assert found.dtype == np.float32
    assert (predictor.name, set(predictor.inputs)) == ("mine", {CropInput(16, 3)})
    assert predictor.size_bytes == (package / "about.json").stat().st_size
    predictor.close()


def test_another_programs_package_is_refused(package: Path, library: None) -> None:
    (package / "about.json").write_text("")
    with pytest.raises(ModelMismatch, match="is not a Core ML package of emoar export"):
        open_predictor(package)
