"""The figures on cases that one can count by hand, and the shipped model at its stated accuracy."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from training_faces import face_dataset
from typer.testing import CliRunner

from emoar.models.public import shipped_ensembles, shipped_models
from emoar.training.data.read import NO_LABEL
from emoar.training.evaluation.evaluate import expected_calibration_error, score, score_all

SHARED = Path(__file__).parents[4] / "shared" / "data" / "fer2013.parquet"


def sure(*labels: int, classes: int = 3) -> np.ndarray:
    return np.float32([[0.8 if c == label else 0.2 / (classes - 1) for c in range(classes)] for label in labels])


def test_accuracy_f1_and_confusion_by_hand() -> None:
    found = score(sure(0, 0, 1, 1, 2), np.array([0, 1, 1, 1, NO_LABEL]), ("a", "b", "c"))
    assert found.count == 4
    assert found.accuracy == 0.75
    assert found.confusion.tolist() == [[1, 0, 0], [1, 2, 0], [0, 0, 0]]
    assert found.precision[:2].tolist() == [0.5, 1.0]
    assert found.recall[1] == pytest.approx(2 / 3)
    assert np.isnan(found.recall[2])
    assert found.macro_f1 == pytest.approx((2 / 3 + 0.8) / 2)  # over the labels that occur
    assert json.loads(json.dumps(found.as_dict()))["recall"]["c"] is None


def test_calibration_error_by_hand() -> None:
    confident = np.float32([[0.8, 0.2]] * 10)
    assert expected_calibration_error(confident, np.array([True] * 8 + [False] * 2)) == pytest.approx(0, abs=1e-6)
    assert expected_calibration_error(confident, np.array([True] * 5 + [False] * 5)) == pytest.approx(0.3, abs=1e-6)
    assert np.isnan(expected_calibration_error(np.zeros((0, 2), np.float32), np.zeros(0, bool)))


def test_a_label_set_without_labels_is_left_out() -> None:
    data = face_dataset(
        np.zeros((2, 48, 48), np.uint8), ["Training"] * 2, fer2013=[3, 6], votes=np.zeros((2, 10), np.float32)
    )
    scores = score_all([{"ferplus": sure(1, classes=8)[0], "fer2013": sure(3, classes=7)[0]}] * 2, data)
    assert list(scores) == ["fer2013"]
    assert scores["fer2013"].accuracy == 0.5


@pytest.mark.skipif(not SHARED.exists(), reason=f"needs {SHARED.name} in ../shared/data")
@pytest.mark.parametrize(
    ("model", "faces"),
    [
        ("emoar-m", (3589, 3546)),
        ("emoar-s", (3589, 3546)),
        ("emoar-l", (3589, 3546)),
        ("emoar-mesh", (3436, 3409)),  # those that have a mesh
    ],
)
def test_the_shipped_models_reach_what_the_manifest_says(model: str, faces: tuple[int, int]) -> None:
    """The committed int8 files, the whole PrivateTest, through the command line; to 0.3 points, for other machines."""
    from typer import Typer

    from emoar.cli.evaluate import evaluate

    app = Typer()
    app.command()(evaluate)
    result = CliRunner().invoke(app, ["--data", str(SHARED), "--model", model, "--json"])
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout.strip().splitlines()[-1])["label_sets"]
    assert (figures["fer2013"]["count"], figures["ferplus"]["count"]) == faces
    shipped = (*shipped_models(), *shipped_ensembles())
    (promised,) = (each.accuracy for each in shipped if each.name == model)
    for label_set in ("fer2013", "ferplus"):
        assert promised[label_set] > 0.5
        assert figures[label_set]["accuracy"] == pytest.approx(promised[label_set], abs=0.003)
