"""The mean of runs: weights in their shares, normalisations of its own, and nothing that has no mean."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from training_faces import farthest_statistics, made_dataset

from emoar.errors import InputError, TrainingError
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.recipe import Augmentation, Recipe

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'emoar[train]'")

from emoar.training.checkpoint import Checkpoint  # noqa: E402
from emoar.training.loop.train import accuracies, train  # noqa: E402
from emoar.training.loop.weight_average import average  # noqa: E402

FIRST = Recipe("emoar-s", 10, batch_size=32, lr=0.05, ema_decay=0.9, augment=Augmentation(rotation_deg=8))


@pytest.fixture(scope="module")
def data() -> FaceDataset:
    return made_dataset(800)


@pytest.fixture(scope="module")
def runs(data: FaceDataset, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("runs")
    first = train(FIRST, data, folder / "first")
    further = dataclasses.replace(FIRST, epochs=3, init=str(first), seed=1)
    return [first, train(further, data, folder / "further")]


def test_the_mean_has_the_weights_in_their_shares(runs: list[Path], data: FaceDataset, tmp_path: Path) -> None:
    mean = Checkpoint.load(average(runs, data, tmp_path, shares=[3, 1])).network()
    first, further = (dict(Checkpoint.load(path).network().named_parameters()) for path in runs)
    for name, value in mean.named_parameters():
        torch.testing.assert_close(value, 0.75 * first[name] + 0.25 * further[name])
    assert accuracies(mean, data.of_split("PublicTest"))["fer2013"] > 0.9


def test_the_normalisations_are_those_of_the_mean(runs: list[Path], data: FaceDataset, tmp_path: Path) -> None:
    network = Checkpoint.load(average(runs, data, tmp_path)).network()
    far = farthest_statistics(network, data.of_split("Training").images)
    assert far
    assert max(far.values()) < 0.05


def test_statistics_that_all_runs_share_stay(runs: list[Path], data: FaceDataset, tmp_path: Path) -> None:
    kept = dataclasses.replace(FIRST, epochs=1, init=str(runs[0]), seed=2, keep_batchnorm=True)
    mean = Checkpoint.load(average([runs[0], train(kept, data, tmp_path / "kept")], data, tmp_path / "mean"))
    before = Checkpoint.load(runs[0]).weights
    for name, value in mean.weights.items():
        assert torch.equal(value, before[name]) == name.endswith(("running_mean", "running_var", "num_batches_tracked"))


def test_what_has_no_mean_is_refused(runs: list[Path], data: FaceDataset, tmp_path: Path) -> None:
    other = torch.load(runs[0], weights_only=True)
    other["recipe"]["architecture"] = "emoar-m"
    torch.save(other, tmp_path / "other.pt")
    with pytest.raises(TrainingError, match=r"other\.pt has another architecture"):
        average([runs[0], tmp_path / "other.pt"], data, tmp_path)
    with pytest.raises(InputError, match="two checkpoints"):
        average(runs[:1], data, tmp_path)
    for shares in ([1.0], [1.0, 0.0], [1.0, float("nan")]):
        with pytest.raises(InputError, match="shares must be 2 positive numbers"):
            average(runs, data, tmp_path, shares)
