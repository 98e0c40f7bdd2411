"""The page of an evaluation holds what was measured, and pictures only where they are wanted."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from training_faces import made_dataset

pytest.importorskip("jinja2", reason="pages need Jinja2: pip install 'emoar[report]'")
pytest.importorskip("matplotlib", reason="charts need matplotlib: pip install 'emoar[report]'")

from emoar.report.text import percent
from emoar.training.evaluation import evaluate as module
from emoar.training.evaluation.evaluate import evaluate
from emoar.training.evaluation.open_predictor import open_predictor
from emoar.training.evaluation.results import EvaluateOptions, Evaluation
from emoar.training.evaluation.shifts import SHIFTS
from emoar.training.report.evaluation_page import evaluation_page

OPTIONS = EvaluateOptions("PrivateTest", flip=True, through_pipeline=True, resamples=50)


def evaluated(model: str, options: EvaluateOptions = OPTIONS) -> Evaluation:
    data = made_dataset(120)
    predictor = open_predictor(model)
    try:
        return evaluate(predictor, data, options)
    finally:
        predictor.close()


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return evaluated("emoar-s")


def test_everything_that_was_measured_is_on_the_page(evaluation: Evaluation) -> None:
    html = evaluation_page(evaluation, "faces <1>.parquet")
    assert "<title>emoar-s on PrivateTest</title>" in html
    assert f"faces &lt;1&gt;.parquet, PrivateTest, {len(evaluation.faces)} faces." in html
    assert html.count("<svg ") == html.count("<figcaption>") == 10  # five of each label set
    for result in evaluation.sets.values():
        low, high = result.intervals.accuracy
        assert f"<b>{percent(result.score.accuracy, 2)}</b>" in html
        assert f"<td>{percent(low)} to {percent(high)}</td>" in html
        assert result.flip is not None
        assert f"<td>{percent(result.flip.accuracy, 2)}</td>" in html
        assert result.pipeline is not None
        assert f"<td>{percent(result.pipeline.overall.accuracy, 2)}</td>" in html
        for label in result.labels:
            assert f"<tr><td>{label}</td>" in html
    for title in ("FER+: ", "FER2013: ", "Through the pipeline", "What the numbers mean"):
        assert f"<h2>{title}" in html
    assert "have a mesh, and the numbers are of these" not in html
    assert "these same faces" not in html


def test_shifts_have_a_table_with_their_description(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "shifts_for", lambda *, colour: () if colour else (SHIFTS["mask"],))
    html = evaluated_page(dataclasses.replace(OPTIONS, flip=False, through_pipeline=False, shifts=True))
    assert "Under shifts: FER+, the head" in html
    assert "<td>a surgical mask over nose, mouth and chin</td>" in html
    assert "mask  " in html  # in the chart, before the accuracy
    assert "Under shifts" not in evaluated_page(dataclasses.replace(OPTIONS, flip=False, through_pipeline=False))


def evaluated_page(options: EvaluateOptions) -> str:
    return evaluation_page(evaluated("emoar-s", options), "faces", worst=0)


@pytest.mark.parametrize("worst", [0, 3])
def test_as_many_pictures_as_were_asked_for(evaluation: Evaluation, worst: int) -> None:
    html = evaluation_page(evaluation, "faces", worst)
    assert html.count("<img ") == 2 * worst
    assert ("keep and share it as you would the data" in html) == (worst > 0)
    assert ("Most confident mistakes" in html) == (worst > 0)


def test_a_model_of_landmarks_names_the_faces_that_count() -> None:
    evaluation = evaluated("emoar-mesh", EvaluateOptions("PublicTest", resamples=10))
    html = evaluation_page(evaluation, "faces")
    count = int(evaluation.predictions.found.sum())
    assert f"{count} of {len(evaluation.faces)} faces have a mesh, and the numbers are of these" in html
    assert "<td>FER+, overall</td>" in html
    assert " %&nbsp;*" in html or " % *</td>" in html
    assert "which are these same faces (*)" in html
    assert "Through the pipeline" not in html


def test_a_label_set_without_calibration_and_with_unknown_labels(evaluation: Evaluation) -> None:
    result = dataclasses.replace(evaluation.sets["fer2013"], calibration=None, unknown=7)
    odd = dataclasses.replace(evaluation, sets={"fer2013": result}, through=None)
    html = evaluation_page(odd, "faces", 0)
    assert "7 faces have labels that the model lacks" in html
    assert "fitted temperature" not in html
    assert "The temperature is the one" not in html
    assert np.isnan(result.score.recall).any()
    assert "<td>-</td>" in html
