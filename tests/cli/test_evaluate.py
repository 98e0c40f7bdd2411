"""`emoar evaluate`: the tables, the JSON, the files that it writes, and what it refuses before the work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from marked_faces import MarkedPredictor, marked_dataset
from training_faces import made_dataset, write_csv

from emoar.cli import evaluate as module
from emoar.errors import DataError, ModelMissing, OutputError
from emoar.training.evaluation import evaluate as measuring
from emoar.training.evaluation.shifts import Shift
from emoar.training.faces.realign import Realigned

if TYPE_CHECKING:
    from conftest import Run


@pytest.fixture
def faces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Four labelled faces and two held-out ones, whose predictions are marked in the crops."""
    private, public = ["PrivateTest"] * 4, ["PublicTest"] * 2
    data = marked_dataset([1, 2, 3, 4, 1, 2], [1, 2, 3, 0, 1, 0], [*private, *public])
    monkeypatch.setattr(module, "read_dataset", lambda _path: data)
    monkeypatch.setattr(module, "open_predictor", lambda _model: MarkedPredictor())
    return tmp_path / "faces.csv"


def test_tables_have_the_figures(emoar: Run, faces: Path) -> None:
    ran = emoar("evaluate", "--data", faces, "--resamples", 20)
    assert ran.code == 0, ran.err
    assert "marked, faces.csv, PrivateTest: 4 faces" in ran.out
    assert "75.00 %" in ran.out
    assert "FER2013" in ran.out
    assert "true \\ called" in ran.out


def test_shifts_have_a_table(emoar: Run, faces: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The crop moved by one pixel is of label 0."""
    moved = Shift("moved", "by a pixel", lambda face, _: np.roll(face, 1, axis=1))
    monkeypatch.setattr(measuring, "shifts_for", lambda *, colour: () if colour else (moved,))
    ran = emoar("evaluate", "--data", faces, "--resamples", 20, "--shifts")
    assert ran.code == 0, ran.err
    assert "FER2013, the head, under shifts" in ran.out
    rows = {line.split()[0]: line.split() for line in ran.out.splitlines() if line.strip()}
    assert rows["none"][1:3] == ["75.0", "%"]
    assert rows["moved"][1:3] == ["0.0", "%"]


def test_json_has_the_same_figures(emoar: Run, faces: Path) -> None:
    ran = emoar("evaluate", "--data", faces, "--resamples", 20, "--json", "--tta")
    document = json.loads(ran.out)
    assert (document["data"], document["model"], document["predicted"]) == ("faces.csv", "marked", 4)
    assert document["label_sets"]["fer2013"]["accuracy"] == 0.75
    assert document["label_sets"]["fer2013"]["flip"]["count"] == 4


def test_what_a_temperature_was_fitted_on_is_shown(emoar: Run, faces: Path) -> None:
    ran = emoar("evaluate", "--data", faces, "--split", "PublicTest", "--resamples", 20, "--tta")
    assert "* fitted on these same faces" in ran.out
    assert "+ mirror" in ran.out


def test_the_pipelines_own_crops_have_a_table(emoar: Run, faces: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = np.array([True, True, True, False])
    crops = np.zeros((4, 48, 48), np.uint8)
    monkeypatch.setattr(
        measuring, "realign", lambda *_: Realigned(found, found, np.zeros((4, 468, 3), np.float32), crops)
    )
    ran = emoar("evaluate", "--data", faces, "--resamples", 20, "--through-pipeline")
    assert "the detector sees 3 of 4 faces, the mesh holds on 3" in " ".join(ran.out.split())


def test_report_and_predictions_are_written(emoar: Run, faces: Path, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="writing Parquet needs pyarrow")
    pytest.importorskip("jinja2", reason="a report needs Jinja2")
    pytest.importorskip("matplotlib", reason="a report needs matplotlib")
    report, table = tmp_path / "report.html", tmp_path / "predictions.parquet"
    ran = emoar("evaluate", "--data", faces, "--resamples", 20, "--report", report, "--predictions", table)
    assert ran.code == 0, ran.err
    assert "marked" in report.read_text()
    assert table.read_bytes().startswith(b"PAR1")


def test_a_file_that_cannot_be_written_is_refused_before_the_work(emoar: Run, faces: Path, tmp_path: Path) -> None:
    ran = emoar("evaluate", "--data", faces, "--predictions", tmp_path)
    assert ran.code == OutputError.exit_code
    assert "it is a folder" in ran.err


def test_a_real_model_on_made_faces(emoar: Run, tmp_path: Path) -> None:
    path = write_csv(made_dataset(60), tmp_path)
    ran = emoar("evaluate", "--data", path, "--model", "emoar-s", "--resamples", 5, "--json")
    assert ran.code == 0, ran.err
    assert set(json.loads(ran.out)["label_sets"]) == {"fer2013", "ferplus"}


def test_what_does_not_exist_is_named(emoar: Run, tmp_path: Path) -> None:
    path = write_csv(made_dataset(20), tmp_path)
    assert emoar("evaluate", "--data", tmp_path / "no.csv").code == DataError.exit_code
    ran = emoar("evaluate", "--data", path, "--model", tmp_path / "no.pt")
    assert ran.code == ModelMissing.exit_code
    assert "no.pt does not exist" in ran.err
