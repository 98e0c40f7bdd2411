"""A checkpoint, or a network in memory, behind the interface of all models."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="checkpoints need torch: pip install 'emoar[train]'")

from emoar.errors import InputError, TrainingError  # noqa: E402
from emoar.labels import DEFAULT_HEADS  # noqa: E402
from emoar.models.inputs import CropInput, LandmarkInput  # noqa: E402
from emoar.models.metadata import ModelInfo  # noqa: E402
from emoar.training.checkpoint import Checkpoint  # noqa: E402
from emoar.training.evaluation.open_predictor import open_predictor  # noqa: E402
from emoar.training.evaluation.predictor_torch import TorchPredictor  # noqa: E402
from emoar.training.faces.inputs import FaceBatch  # noqa: E402
from emoar.training.networks.architectures import build  # noqa: E402
from emoar.training.recipe import Recipe  # noqa: E402


class Means(torch.nn.Module):
    """Logits: the mean of each channel, or of each coordinate."""

    def forward(self, faces):  # type: ignore[no-untyped-def]
        values = faces.mean(dim=(2, 3)) if faces.ndim == 4 else faces.mean(dim=1)
        return {"custom": values}


THREE = {"custom": ("first", "second", "third")}


def saved(folder: Path, recipe: Recipe) -> Path:
    torch.manual_seed(1)
    network = build(recipe.architecture, DEFAULT_HEADS, channels=recipe.channels)
    heads = dict(DEFAULT_HEADS)
    return Checkpoint(dataclasses.asdict(recipe), heads, network.state_dict(), 1).save(folder / "final.pt")


def test_probabilities_are_the_softmax_of_the_logits_over_the_temperature() -> None:
    info = ModelInfo("means", CropInput(16, 3), THREE)
    crops = np.zeros((2, 16, 16, 3), np.uint8)
    crops[:] = 6, 3, 0
    plain, calibrated = TorchPredictor(Means(), info), TorchPredictor(Means(), info, {"custom": 3.0})
    assert plain.logits(FaceBatch(crops))["custom"].tolist() == [[6, 3, 0]] * 2
    powers = np.exp([2, 1, 0])
    np.testing.assert_allclose(calibrated.predict(FaceBatch(crops))["custom"], [powers / powers.sum()] * 2, rtol=1e-6)
    assert (plain.name, plain.size_bytes, plain.inputs) == ("means", 0, (CropInput(16, 3),))
    plain.close()


def test_a_checkpoint_of_another_size_and_colour_takes_any_crops(tmp_path: Path) -> None:
    path = saved(tmp_path, Recipe("emoar-s", 1, size_px=64, channels=3))
    predictor = open_predictor(path)
    assert (predictor.name, predictor.size_bytes) == (f"{tmp_path.name}/final.pt", path.stat().st_size)
    grey = np.random.default_rng(0).integers(0, 256, (2, 48, 48), np.uint8)
    found = predictor.predict(FaceBatch(grey))
    crops = np.stack([CropInput(64, 3).prepare(crop) for crop in grey])
    with torch.no_grad():
        logits = Checkpoint.load(path).network()(torch.from_numpy(crops.transpose(0, 3, 1, 2)).float())
    for name, values in logits.items():
        np.testing.assert_allclose(found[name], values.softmax(1).numpy(), atol=1e-6)


def test_a_mesh_checkpoint_takes_landmarks(tmp_path: Path) -> None:
    predictor = open_predictor(saved(tmp_path, Recipe("emoar-mesh", 1)))
    assert set(predictor.inputs) == {LandmarkInput()}
    crops, points = np.zeros((2, 48, 48), np.uint8), np.stack([LandmarkInput().example()] * 2)
    found = predictor.predict(FaceBatch(crops, points))
    np.testing.assert_allclose(found["ferplus"].sum(axis=1), 1, atol=1e-5)
    with pytest.raises(InputError, match="landmarks_px must be"):
        predictor.predict(FaceBatch(crops))


def test_what_is_no_checkpoint_is_refused(tmp_path: Path) -> None:
    (tmp_path / "final.pt").write_bytes(b"no")
    with pytest.raises(TrainingError, match="is not a checkpoint of emoar train"):
        open_predictor(tmp_path / "final.pt")
