"""`emoar train decision`: the tables, and where the rules are written."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from marked_faces import MarkedPredictor
from training_faces import face_dataset

from emoar.cli import train_decision as module
from emoar.labels import FER2013
from emoar.models.metadata import ModelInfo, read_info, with_info
from emoar.training.export.manifest import enter_model

if TYPE_CHECKING:
    from conftest import Run

COUNT = 70


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with a description, whose predictions are marked in the crops: three of four are right."""
    path = tmp_path / "mine.tflite"
    path.write_bytes(with_info(b"TFL3" * 100, ModelInfo("mine", heads={"fer2013": FER2013})))
    truth = np.arange(COUNT) % 7
    images = np.zeros((2 * COUNT, 48, 48), np.uint8)
    images[:, :4, :4] = np.tile(np.where(np.arange(COUNT) % 4, truth, 0), 2)[:, None, None]
    split = ["Training"] * COUNT + ["PublicTest"] * COUNT
    data = face_dataset(images, split, fer2013=np.tile(truth, 2))
    monkeypatch.setattr(module, "read_dataset", lambda _path: data)
    monkeypatch.setattr(module, "TflitePredictor", lambda _model: CappedPredictor())
    return path


class CappedPredictor(MarkedPredictor):
    """Shifts may lighten the mark."""

    def predict(self, faces):
        faces.crops[:, 0, 0] %= 7
        return super().predict(faces)


def test_rules_are_printed_and_nothing_is_written(emoar: Run, model: Path) -> None:
    before = model.read_bytes()
    ran = emoar("train", "decision", model, "--data", "faces.csv", "--every", 7)
    assert ran.code == 0, ran.err
    assert "FER2013: heads -> decided" in ran.out
    assert '"shares"' in ran.out
    assert model.read_bytes() == before


def test_rules_are_written_into_the_file(emoar: Run, model: Path) -> None:
    enter_model(model)
    ran = emoar("train", "decision", model, "--data", "faces.csv", "--every", 7, "--write", "--json")
    document = json.loads(ran.out)
    info = read_info(model)
    assert info is not None
    assert info.name == "mine"
    assert info.decision.rules["fer2013"].shares == pytest.approx((1 / 7,) * 7, abs=1e-3)
    entry = json.loads(model.with_name("manifest.json").read_text())["mine"]  # of the run that trained it
    assert entry["sha256"] == hashlib.sha256(model.read_bytes()).hexdigest()
    assert document["decision"]["fer2013"]["unsure_below"] == info.decision.rules["fer2013"].unsure_below
    assert document["results"]["fer2013"][0]["count"] == COUNT


def test_rules_are_written_into_the_manifest(emoar: Run, model: Path) -> None:
    manifest = model.with_name("manifest.json")
    manifest.write_text(json.dumps({"marked": {"file": "marked.tflite"}}))
    ran = emoar("train", "decision", "emoar-m", "--data", "faces.csv", "--every", 7, "--manifest", manifest)
    assert ran.code == 0, ran.err
    entry = json.loads(manifest.read_text())["marked"]
    assert entry["file"] == "marked.tflite"
    assert set(entry["decision"]) == {"fer2013"}


@pytest.mark.parametrize("name", ["emoar-m", "final.pt"])
def test_only_a_tflite_can_be_written(emoar: Run, model: Path, name: str) -> None:
    ran = emoar("train", "decision", name, "--data", "faces.csv", "--write")
    assert ran.code == 2
    assert "--write takes a .tflite" in ran.err


@pytest.mark.parametrize(("second", "found"), [(None, ""), ("none", ""), ("emoar-s", "emoar-s")])
def test_what_gives_second_predictions_is_in_the_rules(
    second: str | None, found: str, emoar: Run, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emoar.training.evaluation.decided.TflitePredictor", lambda _model: CappedPredictor())
    options = () if second is None else ("--second", second)
    ran = emoar("train", "decision", model, "--data", "faces.csv", "--every", 7, "--json", *options)
    assert json.loads(ran.out)["decision"]["fer2013"].get("second", "") == found


@pytest.mark.parametrize(
    ("second", "code", "words"), [("mirror", 2, "tell marked nothing more"), ("emoar-x", 5, "must be one of")]
)
def test_what_gives_no_second_predictions_is_one_line(
    second: str, code: int, words: str, emoar: Run, model: Path
) -> None:
    ran = emoar("train", "decision", model, "--data", "faces.csv", "--every", 7, "--second", second)
    assert (ran.code, words in ran.err, len(ran.err.splitlines())) == (code, True, 1)
