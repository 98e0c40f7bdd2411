"""A .tflite behind the interface of all models: faces of any size, colour and kind."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tiny_models import SHARPNESS, write_tiny

from emoar.errors import ModelMismatch
from emoar.models.inputs import CropInput, LandmarkInput
from emoar.models.metadata import ModelInfo
from emoar.models.public import model_path
from emoar.perception.classifier import ExpressionClassifier
from emoar.training.evaluation.predictor_tflite import TflitePredictor
from emoar.training.faces.inputs import FaceBatch


def softmax(*logits: float) -> np.ndarray:
    powers = np.exp(np.array(logits) / SHARPNESS)
    return powers / powers.sum()


def test_a_shipped_model_gives_what_the_classifier_gives() -> None:
    crops = np.random.default_rng(0).integers(0, 256, (3, 48, 48), np.uint8)
    predictor, alone = TflitePredictor("emoar-s"), ExpressionClassifier(model_path("emoar-s"))
    assert (predictor.name, predictor.size_bytes) == ("emoar-s", model_path("emoar-s").stat().st_size)
    assert set(predictor.inputs) == {CropInput()}
    found = predictor.predict(FaceBatch(crops))
    for index, crop in enumerate(crops):
        for name, probabilities in alone.classify(crop).items():
            np.testing.assert_array_equal(found[name][index], probabilities)
    assert {name: values.shape for name, values in found.items()} == {"ferplus": (3, 8), "fer2013": (3, 7)}
    predictor.close()


def test_crops_are_converted_to_the_models_size_and_colour(tmp_path: Path) -> None:
    info = ModelInfo("colours", CropInput(24, 3), {"custom": ("red", "green", "blue")})
    predictor = TflitePredictor(write_tiny(tmp_path / "colours.tflite", info))
    grey = predictor.predict(FaceBatch(np.full((2, 48, 48), 90, np.uint8)))["custom"]
    np.testing.assert_allclose(grey, np.full((2, 3), 1 / 3), atol=1e-5)
    red = np.zeros((1, 60, 60, 3), np.uint8)
    red[:] = 120, 80, 60
    np.testing.assert_allclose(predictor.predict(FaceBatch(red))["custom"], [softmax(120, 80, 60)], atol=1e-5)


def test_a_mesh_model_takes_landmarks(tmp_path: Path) -> None:
    info = ModelInfo("nose", LandmarkInput(), {"custom": ("right", "down")})
    predictor = TflitePredictor(write_tiny(tmp_path / "nose.tflite", info))
    points = np.zeros((1, 468, 3), np.float32)
    points[0, 1] = 30, 10, 0
    crops = np.zeros((1, 48, 48), np.uint8)
    assert set(predictor.inputs) == {LandmarkInput()}
    np.testing.assert_allclose(predictor.predict(FaceBatch(crops, points))["custom"], [softmax(30, 10)], atol=1e-5)
    with pytest.raises(ModelMismatch, match="nose takes landmarks"):
        predictor.predict(FaceBatch(crops))
