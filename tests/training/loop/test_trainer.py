"""The trainer: counters of a run, its checkpoint, and what it refuses to continue."""

from __future__ import annotations

import dataclasses
import json
from contextlib import nullcontext
from itertools import islice
from pathlib import Path

import pytest
from training_faces import made_dataset

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'emoar[train]'")

from emoar.errors import TrainingError  # noqa: E402
from emoar.progress import NO_LOG, NO_PROGRESS  # noqa: E402
from emoar.training.hardware import Hardware, fabric_of  # noqa: E402
from emoar.training.loop.samples import prepare_samples  # noqa: E402
from emoar.training.loop.train import new_trainer  # noqa: E402
from emoar.training.loop.trainer import Trainer  # noqa: E402
from emoar.training.recipe import Recipe  # noqa: E402
from emoar.training.run_folder import RunFolder  # noqa: E402

DATA = made_dataset(60)
HARDWARE = Hardware("cpu", threads=1)
S = Recipe("emoar-s", 8, batch_size=16, lr=0.01, precision="float32")


def trainer(recipe: Recipe, cache: Path) -> Trainer:
    prepared = prepare_samples(recipe, DATA, cache, nullcontext, NO_LOG, NO_PROGRESS)
    return new_trainer(recipe, prepared, fabric_of(HARDWARE, recipe), HARDWARE, NO_LOG)


def no_progress(_done: float, _loss: float) -> None: ...


def test_the_plateau_lowers_the_rate_after_epochs_without_progress(tmp_path: Path) -> None:
    recipe = dataclasses.replace(S, schedule="plateau", plateau_patience=2, lr_factor=0.5)
    run, folder = trainer(recipe, tmp_path), RunFolder(tmp_path)
    stale: list[int] = []
    for epoch, accuracy in enumerate([0.5, 0.4, 0.5, 0.6, 0.6, 0.3]):
        run.finish_epoch(folder, epoch, 1.0, {"fer2013": accuracy, "ferplus": float("nan")}, 0.0)
        stale.append(run.stale_epochs)
    assert stale == [0, 1, 2, 0, 1, 2]
    run.train_epoch(6, no_progress)
    run.finish_epoch(folder, 6, 1.0, {"fer2013": 0.1}, 0.0)
    rows = [json.loads(line) for line in (tmp_path / "history.jsonl").read_text().splitlines()]
    assert rows[-1]["lr"] == pytest.approx(0.01 * 0.5**2)
    assert [row["epoch"] for row in rows] == [1, 2, 3, 4, 5, 6, 7]


def test_a_resumed_trainer_has_the_counters_and_weights(tmp_path: Path) -> None:
    recipe = dataclasses.replace(S, early_stopping=3)
    first, folder = trainer(recipe, tmp_path), RunFolder(tmp_path)
    first.train_epoch(0, no_progress)
    first.finish_epoch(folder, 0, 1.0, {"fer2013": 0.5}, 0.0)
    first.train_epoch(1, no_progress)
    first.finish_epoch(folder, 1, 1.0, {"fer2013": 0.25}, 0.0)
    second = trainer(recipe, tmp_path)
    second.resume(folder)
    assert (second.epoch, second.stale_epochs) == (2, 1)
    for name, value in first.averaged.state_dict().items():
        assert torch.equal(second.averaged.state_dict()[name], value)
    best = torch.load(tmp_path / "last.pt", weights_only=True)["best_weights"]
    final = torch.load(second.finish(folder), weights_only=True)
    assert set(final) == {"recipe", "heads", "epoch", "averaged"}
    assert all(torch.equal(value, best[name]) for name, value in final["averaged"].items())


@pytest.mark.parametrize("change", [{"seed": 3}, {"epochs": 9}])
def test_another_recipe_is_not_continued(tmp_path: Path, change: dict[str, int]) -> None:
    run, folder = trainer(S, tmp_path), RunFolder(tmp_path)
    run.finish_epoch(folder, 0, 1.0, {"fer2013": 0.5}, 0.0)
    with pytest.raises(TrainingError, match=r"last\.pt was made by another recipe"):
        trainer(dataclasses.replace(S, **change), tmp_path).resume(folder)  # type: ignore[arg-type]


def test_a_result_is_not_continued(tmp_path: Path) -> None:
    run, folder = trainer(S, tmp_path), RunFolder(tmp_path)
    run.finish(folder).rename(tmp_path / "last.pt")
    with pytest.raises(TrainingError, match="another recipe"):
        trainer(S, tmp_path).resume(folder)


def test_progress_counts_through_the_epoch(tmp_path: Path) -> None:
    calls: list[tuple[float, float]] = []
    loss = trainer(S, tmp_path).train_epoch(0, lambda done, mean: calls.append((done, mean)))
    shares = [done for done, _ in calls]
    assert shares == sorted(shares)
    assert 0 < shares[0] < shares[-1] < 1
    assert calls[-1][1] == pytest.approx(loss)


def test_the_seed_alone_decides_the_first_weights(tmp_path: Path) -> None:
    torch.manual_seed(99)
    first = trainer(S, tmp_path).averaged.state_dict()
    torch.manual_seed(5)
    second = trainer(S, tmp_path).averaged.state_dict()
    assert all(torch.equal(value, second[name]) for name, value in first.items())


def test_a_sweep_of_rates_has_no_end_of_its_own(tmp_path: Path) -> None:
    rates: list[int] = []

    def rate_of(step: int) -> float:
        rates.append(step)
        return 1e-3

    losses = list(islice(trainer(S, tmp_path).lr_sweep(rate_of), 7))  # more than an epoch, which has two batches
    assert len(losses) == 7
    assert rates == list(range(7))


def test_consistency_adds_to_the_loss_of_the_same_faces(tmp_path: Path) -> None:
    recipes = (dataclasses.replace(S, consistency=weight) for weight in (0.0, 1e6))
    plain, heavy = (trainer(recipe, tmp_path).train_epoch(0, no_progress) for recipe in recipes)
    assert heavy > 2 * plain
