"""One model or several: the average of their probabilities, of mirrored crops too, from crops and from landmarks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tiny_models import SHARPNESS, write_tiny

from emoar.errors import ModelMismatch
from emoar.models.decision import MIRROR, Decision, Rule
from emoar.models.expression import ExpressionModel, Member, expression_model
from emoar.models.inputs import CropInput, LandmarkInput
from emoar.models.metadata import ModelInfo
from emoar.perception.align import align
from emoar.perception.classifier import ExpressionClassifier
from emoar.perception.ensemble import ExpressionEnsemble

TWO = {"custom": ("first", "second")}
THREE = {"custom": ("first", "second", "third")}


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("tiny")
    infos = {
        "sides": ModelInfo("sides", CropInput(), TWO),
        "nose": ModelInfo("nose", LandmarkInput(), TWO),
        "colours": ModelInfo("colours", CropInput(24, 3), THREE),
        "small": ModelInfo("small", CropInput(24), TWO),
    }
    return {name: write_tiny(folder / f"{name}.tflite", info) for name, info in infos.items()}


def ensemble_of(*members: tuple[Path, float], **settings: object) -> ExpressionEnsemble:
    listed = tuple(Member(path, weight) for path, weight in members)
    return ExpressionEnsemble(ExpressionModel("several", listed, **settings))  # type: ignore[arg-type]


def softmax(*logits: float) -> NDArray[np.float64]:
    powers = np.exp(np.array(logits) / SHARPNESS)
    return powers / powers.sum()


@pytest.fixture
def crop() -> NDArray[np.uint8]:
    made = np.full((48, 48), 100, np.uint8)
    made[:, 24:] = 120
    return made


@pytest.fixture
def landmarks() -> NDArray[np.float32]:
    points = np.zeros((468, 3), np.float32)
    points[1] = 30, 10, 0
    return points


def test_one_model_gives_what_its_file_gives(landmarks_of, astronaut: NDArray[np.uint8]) -> None:  # type: ignore[no-untyped-def]
    points = landmarks_of(astronaut)
    crop = align(astronaut, points)
    model = expression_model("emoar-m")
    ensemble, alone = ExpressionEnsemble(model), ExpressionClassifier(model.members[0].path)
    (probabilities,) = ensemble.classify(astronaut, [points], [crop])
    for name, p in alone.classify(crop).items():
        np.testing.assert_array_equal(probabilities[name], p)
        np.testing.assert_array_equal(ensemble.classify_crop(crop)[name], p)
    assert ensemble.classify(astronaut, [], []) == []
    ensemble.close()


def test_an_ensemble_averages_crop_and_mesh_by_weight(
    tiny: dict[str, Path], crop: NDArray[np.uint8], landmarks: NDArray[np.float32]
) -> None:
    ensemble = ensemble_of((tiny["sides"], 3.0), (tiny["nose"], 1.0))
    assert ensemble.needs_landmarks
    probabilities = ensemble.classify_crop(crop, landmarks)["custom"]
    np.testing.assert_allclose(probabilities, 0.75 * softmax(100, 120) + 0.25 * softmax(30, 10), atol=1e-5)
    assert probabilities.dtype == np.float32
    with pytest.raises(ModelMismatch, match="several takes landmarks"):
        ensemble.classify_crop(crop)


def test_temperatures_sharpen_the_average(tiny: dict[str, Path], crop: NDArray[np.uint8]) -> None:
    plain = ensemble_of((tiny["sides"], 1.0)).classify_crop(crop)["custom"]
    sharp = ensemble_of((tiny["sides"], 1.0), temperatures={"custom": 0.5}).classify_crop(crop)["custom"]
    np.testing.assert_allclose(sharp, plain**2 / (plain**2).sum(), atol=1e-5)
    assert sharp.sum() == pytest.approx(1)


def test_flip_makes_left_and_right_equal(tiny: dict[str, Path], crop: NDArray[np.uint8]) -> None:
    ensemble = ensemble_of((tiny["sides"], 1.0), flip=True)
    np.testing.assert_allclose(ensemble.classify_crop(crop)["custom"], [0.5, 0.5], atol=1e-5)


def test_flip_leaves_landmarks_alone(tiny: dict[str, Path], crop: NDArray[np.uint8], landmarks) -> None:  # type: ignore[no-untyped-def]
    ensemble = ensemble_of((tiny["nose"], 1.0), flip=True)
    np.testing.assert_allclose(ensemble.classify_crop(crop, landmarks)["custom"], softmax(30, 10), atol=1e-5)


def test_each_member_gets_the_crop_that_it_takes(tiny: dict[str, Path], landmarks_of, astronaut) -> None:  # type: ignore[no-untyped-def]
    """Of another size and in colour, cut from the picture itself and not from the grey crop."""
    points = landmarks_of(astronaut)
    picture = astronaut.copy()
    picture[:] = 120, 80, 60
    (probabilities,) = ensemble_of((tiny["colours"], 1.0)).classify(picture, [points], [align(picture, points)])
    np.testing.assert_allclose(probabilities["custom"], softmax(120, 80, 60), atol=1e-5)
    small = align(astronaut, points, 24)
    (by_ensemble,) = ensemble_of((tiny["small"], 1.0)).classify(astronaut, [points], [align(astronaut, points)])
    np.testing.assert_allclose(by_ensemble["custom"], ExpressionClassifier(tiny["small"]).classify(small)["custom"])


def test_a_crop_is_converted_to_each_size_and_colour(tiny: dict[str, Path], crop: NDArray[np.uint8]) -> None:
    grey = ensemble_of((tiny["colours"], 1.0)).classify_crop(crop)["custom"]
    np.testing.assert_allclose(grey, np.full(3, 1 / 3), atol=1e-5)
    rgb = np.repeat(crop[:, :, None], 3, axis=2)
    np.testing.assert_allclose(
        ensemble_of((tiny["sides"], 1.0)).classify_crop(rgb)["custom"], softmax(100, 120), atol=1e-5
    )


def test_members_without_a_common_label_set_are_refused(tiny: dict[str, Path]) -> None:
    with pytest.raises(ModelMismatch, match="the members of several have no label set in common"):
        ensemble_of((tiny["sides"], 1.0), (tiny["colours"], 1.0))


def test_mirror_images_are_read_where_they_are_asked_for(tiny: dict[str, Path], landmarks_of, astronaut) -> None:  # type: ignore[no-untyped-def]
    ensemble, points = ensemble_of((tiny["sides"], 1.0)), landmarks_of(astronaut)
    alone, both = ensemble.read(astronaut, [points, points], [False, True])
    np.testing.assert_array_equal(alone.crop, align(astronaut, points))
    assert alone.second is None
    assert both.second is not None
    np.testing.assert_array_equal(both.probabilities["custom"], alone.probabilities["custom"])
    np.testing.assert_allclose(both.second["custom"], both.probabilities["custom"][::-1], atol=1e-6)  # its sides
    assert not np.allclose(both.second["custom"], both.probabilities["custom"], atol=1e-3)


@pytest.mark.parametrize(("share", "runs"), [(0.0, 1), (0.25, 2), (1.0, 2)])
def test_the_mirror_image_counts_by_its_share_and_at_none_is_not_classified(
    share: float, runs: int, tiny: dict[str, Path], landmarks_of, astronaut, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    ensemble, points, counted = ensemble_of((tiny["sides"], 1.0)), landmarks_of(astronaut), list[int]()
    classify = ExpressionClassifier.classify
    monkeypatch.setattr(
        ExpressionClassifier, "classify", lambda self, face: (counted.append(1), classify(self, face))[1]
    )
    (face,) = ensemble.read(astronaut, [points], [True], lambda _: share)
    assert len(counted) == runs
    assert face.second is not None
    own = face.probabilities["custom"]
    np.testing.assert_allclose(face.second["custom"], (1 - share) * own + share * own[::-1], atol=1e-6)


def test_a_decision_that_asks_mirror_images_needs_a_model_that_has_them(tiny: dict[str, Path]) -> None:
    asks = Decision({"custom": Rule((0.5, 0.5), second=MIRROR)})
    assert ensemble_of((tiny["sides"], 1.0), decision=asks).can_mirror
    for name, settings in (("sides", {"flip": True}), ("nose", {})):
        with pytest.raises(ModelMismatch, match="asks mirror images"):
            ensemble_of((tiny[name], 1.0), decision=asks, **settings)


def test_another_network_gives_the_second_predictions(tiny: dict[str, Path], landmarks_of, astronaut) -> None:  # type: ignore[no-untyped-def]
    asks, points = Decision({"custom": Rule((0.5, 0.5), second="small")}), landmarks_of(astronaut)
    ensemble = ensemble_of((tiny["sides"], 1.0), decision=asks, second=tiny["small"])
    (face,) = ensemble.read(astronaut, [points], [True])
    assert face.second is not None
    ((own,), (other,)) = (
        ensemble_of((tiny[name], 1.0)).read(astronaut, [points], [False]) for name in ("sides", "small")
    )
    np.testing.assert_array_equal(face.probabilities["custom"], own.probabilities["custom"])
    np.testing.assert_allclose(face.second["custom"], other.probabilities["custom"], rtol=0, atol=1e-6)
    assert not np.array_equal(own.probabilities["custom"], other.probabilities["custom"])
    ensemble.close()


@pytest.mark.parametrize("name", ["nose", "colours"])
def test_a_network_that_does_not_fit_gives_no_second_predictions(name: str, tiny: dict[str, Path]) -> None:
    asks = Decision({"custom": Rule((0.5, 0.5), second=name)})
    with pytest.raises(ModelMismatch, match=f"takes predictions of {name}, which do not fit"):
        ensemble_of((tiny["sides"], 1.0), decision=asks, second=tiny[name])
