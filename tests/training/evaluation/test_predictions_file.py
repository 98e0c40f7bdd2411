"""The table of predictions: one row a face, its columns, and the Parquet file."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from marked_faces import CONFIDENCE, NO_LABEL, MarkedPredictor, marked_dataset

from emoar.errors import DependencyMissing, OutputError
from emoar.labels import FER2013
from emoar.training.evaluation import predictions_file
from emoar.training.evaluation.evaluate import evaluate
from emoar.training.evaluation.predictions_file import prediction_columns, write_predictions
from emoar.training.evaluation.results import EvaluateOptions, Evaluation


@pytest.fixture
def found() -> Evaluation:
    data = marked_dataset([1, NO_LABEL, 2], [1, 3, 0])
    return evaluate(MarkedPredictor(), data, EvaluateOptions(resamples=1, flip=True))


def test_columns_have_a_value_for_each_face(found: Evaluation) -> None:
    columns = prediction_columns(found)
    assert columns["row"] == [0, 1, 2]
    assert columns["split"] == ["PrivateTest"] * 3
    assert columns["fer2013_truth"] == [FER2013[1], None, FER2013[2]]
    assert columns["fer2013_predicted"] == [FER2013[1], FER2013[3], FER2013[0]]
    assert columns[f"fer2013_p_{FER2013[3]}"][1] == pytest.approx(CONFIDENCE)
    assert f"fer2013_flip_p_{FER2013[3]}" in columns
    assert not any(name.startswith("fer2013_pipeline") for name in columns)


def test_a_face_without_a_prediction_has_none(found: Evaluation) -> None:
    arrays = {"fer2013": found.predictions.probabilities["fer2013"].copy()}
    arrays["fer2013"][1] = float("nan")
    seen = dataclasses.replace(
        found.predictions, probabilities=arrays, found=found.predictions.found & [True, False, True]
    )
    columns = prediction_columns(dataclasses.replace(found, predictions=seen))
    assert columns["fer2013_predicted"][1] is None
    assert columns[f"fer2013_p_{FER2013[0]}"][1] is None


def test_the_file_holds_the_columns_and_their_source(found: Evaluation, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="reading Parquet needs pyarrow")
    write_predictions(found, tmp_path / "p.parquet")
    table = parquet.read_table(tmp_path / "p.parquet")
    columns = prediction_columns(found)
    assert table.column_names == list(columns)
    assert table["fer2013_truth"].to_pylist() == columns["fer2013_truth"]
    assert table[f"fer2013_p_{FER2013[1]}"].to_pylist() == pytest.approx(columns[f"fer2013_p_{FER2013[1]}"])
    about = json.loads(table.schema.metadata[b"emoar.predictions"])
    assert about == {"model": "marked", "split": "PrivateTest", "label_sets": {"fer2013": list(FER2013)}}
    with pytest.raises(OutputError):
        write_predictions(found, tmp_path)


def test_without_pyarrow_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_name: str) -> None:
        raise ImportError

    monkeypatch.setattr(predictions_file, "import_module", missing)
    with pytest.raises(DependencyMissing, match=r"pip install 'emoar\[data\]'"):
        predictions_file.require_pyarrow()
