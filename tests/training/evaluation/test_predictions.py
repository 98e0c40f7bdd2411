"""Predictions of many faces: in batches, with gaps where a face has no mesh, and checked to be probabilities."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from marked_faces import MarkedPredictor, probabilities

from emoar.errors import DataError, ModelMismatch
from emoar.models.inputs import LandmarkInput
from emoar.progress import NO_PROGRESS
from emoar.training.data.targets import NO_LABEL
from emoar.training.evaluation.predictions import Predictions, mean_of, predict_crops, predict_realigned
from emoar.training.faces import inputs
from emoar.training.faces.landmarks import CropLandmarks
from emoar.training.faces.realign import Realigned


def crops(*labels: int) -> np.ndarray:
    images = np.zeros((len(labels), 48, 48), np.uint8)
    images[:, 0, 0] = labels
    return images


def test_all_faces_are_predicted_in_batches() -> None:
    predictor, seen = MarkedPredictor(), []
    labels = [index % 7 for index in range(150)]
    found = predict_crops(predictor, crops(*labels), None, "test", lambda *step: seen.append(step))
    np.testing.assert_array_equal(found.probabilities["fer2013"], probabilities(np.array(labels), 7))
    assert found.found.all()
    assert predictor.batches == [64, 64, 22]
    assert seen == [("test", 64, 150), ("test", 128, 150), ("test", 150, 150)]


def test_faces_without_a_mesh_have_no_prediction(monkeypatch: pytest.MonkeyPatch) -> None:
    mesh = CropLandmarks(np.zeros((4, 468, 3), np.float32), np.float32([1, 0, 0.7, 0.2]))

    def crop_landmarks(images: np.ndarray, cache: Path | None, *, progress: object) -> CropLandmarks:
        return mesh

    monkeypatch.setattr(inputs, "crop_landmarks", crop_landmarks)
    predictor = MarkedPredictor(inputs=(LandmarkInput(),))
    found = predict_crops(predictor, crops(1, 2, 3, 4), None, "test", NO_PROGRESS)
    assert found.found.tolist() == [True, False, True, False]
    np.testing.assert_array_equal(found.probabilities["fer2013"][[0, 2]], probabilities(np.array([1, 3]), 7))
    assert np.isnan(found.probabilities["fer2013"][[1, 3]]).all()
    assert found.seen(np.array([5, 5, 5, 5])).tolist() == [5, NO_LABEL, 5, NO_LABEL]
    mesh = CropLandmarks(mesh.landmarks_px, np.zeros(4, np.float32))
    with pytest.raises(DataError, match="no face of the data has a mesh"):
        predict_crops(predictor, crops(1, 2, 3, 4), None, "test", NO_PROGRESS)


def test_realigned_faces_are_predicted_from_their_own_crops() -> None:
    found = np.array([True, False, True])
    faces = Realigned(np.ones(3, np.bool_), found, np.zeros((3, 468, 3), np.float32), crops(6, 5, 4))
    predicted = predict_realigned(MarkedPredictor(), faces, NO_PROGRESS)
    np.testing.assert_array_equal(predicted.probabilities["fer2013"][found], probabilities(np.array([6, 4]), 7))
    assert np.isnan(predicted.probabilities["fer2013"][1]).all()
    nothing = Realigned(found, np.zeros(3, np.bool_), faces.landmarks_px, faces.crops)
    with pytest.raises(DataError, match="the pipeline finds no face in the data"):
        predict_realigned(MarkedPredictor(), nothing, NO_PROGRESS)


@pytest.mark.parametrize("scale", [2.0, 0.0, -1.0, float("nan"), float("inf")])
def test_outputs_that_are_no_probabilities_are_refused(scale: float) -> None:
    with pytest.raises(ModelMismatch, match="marked: fer2013 must be probabilities that sum to 1, a face has"):
        predict_crops(MarkedPredictor(scale=scale), crops(1, 2), None, "test", NO_PROGRESS)


def test_the_mean_is_of_both_where_both_are() -> None:
    first, second = np.float32([[0.2, 0.8], [0.4, 0.6]]), np.float32([[0.4, 0.6], [np.nan, np.nan]])
    both = mean_of(
        Predictions({"custom": first}, np.array([True, True])), Predictions({"custom": second}, np.array([True, False]))
    )
    np.testing.assert_allclose(both.probabilities["custom"], [[0.3, 0.7], [0.4, 0.6]])
    assert both.found.tolist() == [True, True]
