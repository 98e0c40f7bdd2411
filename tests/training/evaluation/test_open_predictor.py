"""The predictor of a model by its name or the kind of its file, and models that do not exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from emoar.errors import DependencyMissing, ModelMissing
from emoar.training.evaluation import open_predictor as module
from emoar.training.evaluation.open_predictor import open_predictor
from emoar.training.evaluation.predictor_tflite import TflitePredictor


def test_a_name_is_a_shipped_model() -> None:
    predictor = open_predictor("emoar-s")
    assert isinstance(predictor, TflitePredictor)
    assert predictor.name == "emoar-s"
    predictor.close()


@pytest.mark.parametrize("name", ["no.onnx", "no.pt", "no.mlpackage", "no.tflite", "emoar-x"])
def test_a_model_that_does_not_exist_is_named(tmp_path: Path, name: str) -> None:
    path = name if name == "emoar-x" else str(tmp_path / name)
    with pytest.raises(ModelMissing, match=name):
        open_predictor(path)


def test_a_checkpoint_without_torch_names_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "final.pt").write_bytes(b"")
    monkeypatch.setattr(module, "find_spec", lambda _name: None)
    with pytest.raises(DependencyMissing, match=r"needs torch: pip install 'emoar\[train\]'"):
        open_predictor(tmp_path / "final.pt")
