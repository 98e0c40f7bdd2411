"""A whole evaluation, on faces whose figures one can count, and of the shipped models at their stated accuracy."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from marked_faces import CONFIDENCE, NO_LABEL, Lifted, MarkedPredictor, marked_dataset
from training_faces import face_dataset
from typer.testing import CliRunner

from emoar.errors import InputError
from emoar.labels import FERPLUS
from emoar.models.public import shipped_ensembles, shipped_models
from emoar.training.evaluation import evaluate as module
from emoar.training.evaluation.evaluate import evaluate
from emoar.training.evaluation.results import EvaluateOptions
from emoar.training.evaluation.shifts import Shift
from emoar.training.faces.realign import Realigned

SHARED = Path(__file__).parents[4] / "shared" / "data" / "fer2013.parquet"
PRIVATE, PUBLIC = "PrivateTest", "PublicTest"
OPTIONS = EvaluateOptions(resamples=20)


def test_the_figures_of_one_split() -> None:
    data = marked_dataset([1, 2, 3, 4, NO_LABEL, 5], [1, 2, 3, 0, 0, 0], [PRIVATE] * 5 + [PUBLIC])
    found = evaluate(MarkedPredictor(), data, OPTIONS)
    result = found.sets["fer2013"]
    assert (found.model, found.size_bytes, len(found.faces)) == ("marked", 12, 5)
    assert (result.score.count, result.score.accuracy) == (4, 0.75)
    assert result.intervals.accuracy[0] <= 0.75 <= result.intervals.accuracy[1]
    assert result.overall is result.flip is result.pipeline is found.through is None
    assert list(found.sets) == ["fer2013"]
    document = json.loads(json.dumps(found.as_dict()))
    assert document["label_sets"]["fer2013"]["accuracy"] == 0.75
    assert document["bootstrap"] == {"resamples": 20, "seed": 0}


def test_shifts_are_measured_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """Moving the crop by one pixel makes all faces those of label 0; a shift by nothing changes nothing."""
    shifts = (Shift("moved", "by a pixel", lambda face, _: np.roll(face, 1, axis=1)), Shift("same", "", lambda f, _: f))
    monkeypatch.setattr(module, "shifts_for", lambda *, colour: () if colour else shifts)
    data = marked_dataset([1, 2, 0, 0], [1, 2, 0, 3])
    found = evaluate(MarkedPredictor(), data, dataclasses.replace(OPTIONS, shifts=True))
    moved, same = found.shifts
    assert moved.heads["fer2013"].accuracy == 0.5
    assert moved.heads["fer2013"].balanced_accuracy == pytest.approx(1 / 3)
    assert same.heads["fer2013"].accuracy == found.sets["fer2013"].score.accuracy == 0.75
    document = json.loads(json.dumps(found.as_dict()))["shifts"]
    assert [each["name"] for each in document] == ["moved", "same"]
    assert document[0]["label_sets"]["fer2013"]["accuracy"] == 0.5
    assert evaluate(MarkedPredictor(), data, OPTIONS).as_dict()["shifts"] is None


def test_the_decided_label_is_scored_beside_the_head() -> None:
    data = marked_dataset([1, 2, 3], [1, 6, 6])
    result = evaluate(MarkedPredictor(decision=Lifted(2, 0.5, instead_of=6, minimum=0.6)), data, OPTIONS).sets[
        "fer2013"
    ]
    assert result.score.accuracy == pytest.approx(1 / 3)
    assert result.decided is not None
    assert result.decided_intervals is not None
    assert result.decided.score.accuracy == result.decided.unsure == pytest.approx(2 / 3)
    low, high = result.decided_intervals.accuracy
    assert low <= 2 / 3 <= high
    document = json.loads(json.dumps(result.as_dict()))["decided"]
    assert (document["accuracy"], document["unsure"]) == (0.66667, 0.66667)
    plain = evaluate(MarkedPredictor(), data, OPTIONS).sets["fer2013"]
    assert plain.decided is plain.as_dict()["decided"] is None


def test_one_tagger_is_compared_with_the_others() -> None:
    votes = np.zeros((2, 10), np.float32)
    votes[:, 0], votes[0, 1] = 9, 1
    data = face_dataset(marked_dataset([0, 0], [0, 0]).images, [PRIVATE] * 2, votes=votes)
    tagger = evaluate(MarkedPredictor({"ferplus": FERPLUS}), data, OPTIONS).sets["ferplus"].tagger
    assert tagger is not None
    assert tagger.accuracy == pytest.approx((0.9 + 1) / 2)


def test_the_temperature_is_fitted_on_public_test() -> None:
    """Half of its faces are right, so that a confidence of 79 % becomes one of 50 %."""
    data = marked_dataset([1, 1, 1, 2], [1, 1, 1, 0], [PRIVATE, PRIVATE, PUBLIC, PUBLIC])
    calibration = evaluate(MarkedPredictor(), data, OPTIONS).sets["fer2013"].calibration
    assert calibration is not None
    assert (calibration.faces, calibration.same_faces) == (2, False)
    assert calibration.temperature > 1
    own = evaluate(MarkedPredictor(), data, dataclasses.replace(OPTIONS, split=PUBLIC)).sets["fer2013"].calibration
    assert own is not None
    assert (own.temperature, own.same_faces) == (calibration.temperature, True)
    without = marked_dataset([1, 2], [1, 2])
    assert evaluate(MarkedPredictor(), without, OPTIONS).sets["fer2013"].calibration is None


def test_mirror_images_are_averaged() -> None:
    """Mirrored, the pixel is at the right: label 0, with which a face of label 1 is undecided."""
    found = evaluate(MarkedPredictor(), marked_dataset([1, 0], [1, 0]), dataclasses.replace(OPTIONS, flip=True))
    assert found.flipped is not None
    first, second = found.flipped.probabilities["fer2013"]
    assert first[:2] == pytest.approx([(CONFIDENCE + (1 - CONFIDENCE) / 6) / 2] * 2)
    assert second[0] == pytest.approx(CONFIDENCE)
    flip = found.sets["fer2013"].flip
    assert flip is not None
    assert flip.count == 2


def test_the_pipelines_own_crops(monkeypatch: pytest.MonkeyPatch) -> None:
    data = marked_dataset([1, 2, 3, 4], [1, 2, 3, 0])
    crops = data.images.copy()
    crops[0, 0, 0] = 5  # the pipeline's crop misleads the model
    found = np.array([True, True, False, False])
    realigned = Realigned(np.array([True, True, True, False]), found, np.zeros((4, 468, 3), np.float32), crops)
    monkeypatch.setattr(module, "realign", lambda *_: realigned)
    result = evaluate(MarkedPredictor(), data, dataclasses.replace(OPTIONS, through_pipeline=True))
    pipeline = result.sets["fer2013"].pipeline
    assert pipeline is not None
    assert (pipeline.realigned.accuracy, pipeline.own.accuracy, pipeline.overall.accuracy) == (0.5, 1.0, 0.25)
    assert result.detected == 3
    assert result.as_dict()["through_pipeline"] == {"detected": 3, "mesh": 2}


def test_own_classes_are_compared_by_name() -> None:
    images = marked_dataset([0, 0, 0], [0, 1, 0]).images
    data = face_dataset(images, [PRIVATE] * 3, custom=[0, 1, NO_LABEL], classes=("sad", "happy"))
    model = ("happy", "other")
    result = evaluate(MarkedPredictor({"custom": model}), data, OPTIONS).sets["custom"]
    assert (result.unknown, result.score.count, result.score.accuracy) == (1, 1, 0.0)


def test_options_are_checked() -> None:
    with pytest.raises(InputError, match="split must be one of"):
        EvaluateOptions("Test")
    with pytest.raises(InputError, match="resamples must be at least 1"):
        EvaluateOptions(resamples=0)


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
def test_the_shipped_models_reach_what_the_manifest_promises(model: str, faces: tuple[int, int]) -> None:
    """The committed int8 files, the whole PrivateTest, through the command line; to 0.3 points, for other machines."""
    from typer import Typer

    from emoar.cli.evaluate import evaluate as command

    app = Typer()
    app.command()(command)
    result = CliRunner().invoke(app, ["--data", str(SHARED), "--model", model, "--json"])
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout.strip().splitlines()[-1])["label_sets"]
    assert (figures["fer2013"]["count"], figures["ferplus"]["count"]) == faces
    shipped = (*shipped_models(), *shipped_ensembles())
    (promised,) = (each.accuracy for each in shipped if each.name == model)
    for label_set in ("fer2013", "ferplus"):
        assert promised[label_set] > 0.5
        assert figures[label_set]["accuracy"] == pytest.approx(promised[label_set], abs=0.003)
