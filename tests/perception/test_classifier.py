"""One model, shipped or one's own: its labels, the size and colour of its input, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tiny_models import SHARPNESS, write_tiny

from emoar.errors import InputError, ModelMismatch
from emoar.labels import DEFAULT_HEADS
from emoar.models.inputs import CropInput, LandmarkInput
from emoar.models.metadata import ModelInfo, with_info
from emoar.models.public import model_path
from emoar.perception.align import align
from emoar.perception.classifier import ExpressionClassifier

SIDES = ModelInfo("sides", CropInput(32, 1), {"custom": ("left", "right")})
COLOURS = ModelInfo("colours", CropInput(40, 3), {"custom": ("red", "green", "blue")})
NOSE = ModelInfo("nose", LandmarkInput(), {"custom": ("right", "down")})


def softmax(*logits: float) -> NDArray[np.float64]:
    powers = np.exp(np.array(logits) / SHARPNESS)
    return powers / powers.sum()


def test_the_shipped_model_needs_no_description(landmarks_of, astronaut: NDArray[np.uint8], tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    crop = align(astronaut, landmarks_of(astronaut))
    path = tmp_path / "bare.tflite"
    path.write_bytes(model_path("emoar-m").read_bytes())
    classifier = ExpressionClassifier(path)
    probabilities = classifier.classify(crop)
    classifier.close()
    assert {name: len(p) for name, p in probabilities.items()} == {
        name: len(labels) for name, labels in DEFAULT_HEADS.items()
    }
    assert probabilities["fer2013"].argmax() == DEFAULT_HEADS["fer2013"].index("happy")
    assert probabilities["ferplus"].argmax() == DEFAULT_HEADS["ferplus"].index("happiness")


@pytest.mark.parametrize("beside", [True, False], ids=["json beside", "inside"])
def test_grey_crops_of_another_size(tmp_path: Path, beside: bool) -> None:
    path = write_tiny(tmp_path / "sides.tflite", SIDES, described=not beside)
    if beside:
        document = {"format": 1, "heads": {"custom": ["left", "right"]}, "size_px": 32}
        path.with_suffix(".json").write_text(json.dumps(document))
    crop = np.full((32, 32), 100, np.uint8)
    crop[:, 16:] = 150
    classifier = ExpressionClassifier(path)
    np.testing.assert_allclose(classifier.classify(crop)["custom"], softmax(100, 150), atol=1e-5)
    assert classifier.info.heads == {"custom": ("left", "right")}


@pytest.mark.parametrize("channels_first", [False, True])
def test_rgb_crops_in_either_layout(tmp_path: Path, channels_first: bool) -> None:
    path = write_tiny(tmp_path / "colours.tflite", COLOURS, channels_first=channels_first)
    crop = np.empty((40, 40, 3), np.uint8)
    crop[:] = 90, 130, 110
    probabilities = ExpressionClassifier(path).classify(crop)
    np.testing.assert_allclose(probabilities["custom"], softmax(90, 130, 110), atol=1e-5)


def test_landmarks(tmp_path: Path) -> None:
    points = np.zeros((468, 3), np.float32)
    points[0], points[1] = (10, 10, 0), (20, 40, 5)
    probabilities = ExpressionClassifier(write_tiny(tmp_path / "nose.tflite", NOSE)).classify(points)
    np.testing.assert_allclose(probabilities["custom"], softmax(10, 30), atol=1e-5)


@pytest.mark.parametrize(
    "face",
    [
        np.zeros((48, 48, 3), np.uint8),
        np.zeros((47, 48), np.uint8),
        np.zeros((48, 48), np.float32),
        np.zeros((468, 3), np.float32),
        np.zeros((0, 0), np.uint8),
    ],
)
def test_another_face_is_refused(face: NDArray[np.uint8]) -> None:
    with pytest.raises(InputError, match=r"face must be \(48, 48\) uint8 for emoar-m, got"):
        ExpressionClassifier(model_path("emoar-m")).classify(face)


@pytest.mark.parametrize("content", [b"", b"not a model", b"TFL3" * 100])
def test_what_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "mine.tflite").write_bytes(content)
    with pytest.raises(ModelMismatch, match=r"mine\.tflite is not a model that LiteRT can load") as caught:
        ExpressionClassifier(tmp_path / "mine.tflite")
    assert "describe it" not in str(caught.value)


def test_an_undescribed_model_with_other_tensors_names_the_remedy(tmp_path: Path) -> None:
    path = write_tiny(tmp_path / "sides.tflite", SIDES, described=False)
    with pytest.raises(ModelMismatch, match=r'describe it in sides\.json: \{"format": 1,'):
        ExpressionClassifier(path)


@pytest.mark.parametrize(
    ("info", "words"),
    [
        (ModelInfo("m", CropInput(), {"custom": ("a", "b", "c")}), r"expected an output \(1, 3\) float32"),
        (
            ModelInfo("m", CropInput(64), DEFAULT_HEADS),
            r"expected an input \(1, 64, 64, 1\) or \(1, 1, 64, 64\) float32",
        ),
        (ModelInfo("m", CropInput(48, 3), DEFAULT_HEADS), r"expected an input \(1, 48, 48, 3\)"),
        (ModelInfo("m", LandmarkInput(), DEFAULT_HEADS), r"expected an input \(1, 468, 3\) float32"),
    ],
)
def test_a_description_that_does_not_fit_the_file_is_refused(info: ModelInfo, words: str, tmp_path: Path) -> None:
    path = tmp_path / "m.tflite"
    path.write_bytes(with_info(model_path("emoar-m").read_bytes(), info))
    with pytest.raises(ModelMismatch, match=words):
        ExpressionClassifier(path)


def test_own_labels_on_outputs_of_another_name(tmp_path: Path) -> None:
    """The file names its outputs otherwise: the only output of that shape is meant."""
    labels = tuple("abcdefgh")
    path = tmp_path / "m.tflite"
    path.write_bytes(with_info(model_path("emoar-m").read_bytes(), ModelInfo("m", CropInput(), {"custom": labels})))
    crop = np.random.default_rng(0).integers(0, 256, (48, 48), np.uint8)
    probabilities, shipped = (ExpressionClassifier(p).classify(crop) for p in (path, model_path("emoar-m")))
    np.testing.assert_array_equal(probabilities["custom"], shipped["ferplus"])
