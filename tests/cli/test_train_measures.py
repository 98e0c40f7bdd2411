"""`emoar train measures`: a short run without its teacher, and mistakes in one line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from makers import make_face
from training_faces import made_dataset, write_csv

pytest.importorskip("torch", reason="training needs torch: pip install 'emoar[train]'")

from emoar.cli import main, train_measures
from emoar.labels import MEASURES
from emoar.perception.measures import MeasureNetwork
from emoar.perception.measures.upright import upright
from emoar.training.measures.distill import Examples


def examples_of(data: Any, *_: object, **__: object) -> Examples:
    """Stands for mesh and teacher, which have tests of their own."""
    rng = np.random.default_rng(len(data))
    noise = rng.normal(0, 0.3, (30, 468, 3))
    shapes = np.stack([upright((make_face().landmarks_px + each).astype(np.float32)) for each in noise])[None]
    values = rng.random((30, 52)).astype(np.float32)
    return Examples(shapes, np.ones((1, 30), np.bool_), values, np.ones(30, np.bool_))


def arguments(folder: Path) -> list[str]:
    write_csv(made_dataset(60), folder)
    names = {"--data": "fer2013.csv", "--teacher": "none.task", "-o": "out"}
    return ["train", "measures", *(str(word) for key, name in names.items() for word in (key, folder / name))]


def test_a_short_run(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train_measures, "examples_of", examples_of)
    monkeypatch.setattr(train_measures, "check_bundle", lambda path: None)
    assert main([*arguments(tmp_path), "--epochs", "1"]) == 0
    out = capfd.readouterr().out
    assert "cheekPuff" in out
    assert "(left out)" in out
    assert MeasureNetwork(tmp_path / "out" / "emoar-measures.json").names == MEASURES


def test_a_teacher_that_is_not_there(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(arguments(tmp_path)) == 2
    err = capfd.readouterr().err
    assert err.strip().endswith("none.task does not exist: name MediaPipe's face_landmarker.task")
    assert len(err.strip().splitlines()) == 1
