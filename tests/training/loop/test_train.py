"""Training that has to learn, to continue where it was stopped, and to end in a file that the pipeline can run."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path

import numpy as np
import pytest
from training_faces import face_dataset, farthest_statistics, made_dataset

from emoar.errors import OutputError, TrainingError
from emoar.labels import FER2013
from emoar.perception.classifier import ExpressionClassifier
from emoar.training.data.read import read_dataset
from emoar.training.evaluation.metrics import score
from emoar.training.recipe import Augmentation, Recipe

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'emoar[train]'")

from emoar.training.checkpoint import Checkpoint  # noqa: E402
from emoar.training.loop.train import EpochReport, accuracies, train  # noqa: E402
from emoar.training.networks.architectures import build  # noqa: E402

SHARED = Path(__file__).parents[4] / "shared" / "data" / "fer2013.parquet"
SMALL = Recipe(
    architecture="emoar-s",
    epochs=16,
    batch_size=32,
    lr=0.05,
    ema_decay=0.9,
    augment=Augmentation(rotation_deg=8, scale=0.05, shift=0.03),
)


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Path:  # type: ignore[no-untyped-def]
    return train(SMALL, made_dataset(1200), tmp_path_factory.mktemp("run"))


def test_it_learns_made_expressions(trained: Path) -> None:
    top1 = accuracies(Checkpoint.load(trained).network(), made_dataset(1200).of_split("PrivateTest"))
    assert top1["fer2013"] > 0.9
    assert top1["ferplus"] > 0.9


@pytest.mark.skipif(not SHARED.exists(), reason=f"needs {SHARED.name} in ../shared/data")
def test_it_learns_real_expressions(tmp_path: Path) -> None:
    data = read_dataset(SHARED)
    training = np.flatnonzero(data.split == "Training")[:6000]
    chosen = np.concatenate([training, np.flatnonzero(data.split == "PublicTest")[:1500]])
    recipe = dataclasses.replace(SMALL, epochs=8, lr=0.08, ema_decay=0.97)
    top1 = accuracies(
        Checkpoint.load(train(recipe, data.take(chosen), tmp_path)).network(),
        data.of_split("PublicTest").take(np.arange(1500)),
    )
    assert top1["fer2013"] > 0.42  # always happy gives 0.25
    assert top1["ferplus"] > 0.58  # always neutral gives 0.37


def test_a_stopped_run_ends_with_the_same_weights(tmp_path: Path) -> None:
    data, recipe = made_dataset(300), dataclasses.replace(SMALL, epochs=3)

    class StoppedError(Exception):
        pass

    def stop_in_the_third_epoch(report) -> None:  # type: ignore[no-untyped-def]
        if report.epoch == 3 and report.step_fraction > 0.3:
            raise StoppedError

    with pytest.raises(StoppedError):
        train(recipe, data, tmp_path / "stopped", stop_in_the_third_epoch)
    resumed = Checkpoint.load(train(recipe, data, tmp_path / "stopped")).network().state_dict()
    whole = Checkpoint.load(train(recipe, data, tmp_path / "whole")).network().state_dict()
    for name, value in whole.items():
        torch.testing.assert_close(resumed[name], value, rtol=0, atol=0)


def test_a_folder_of_another_recipe_is_refused(tmp_path: Path) -> None:
    data, recipe = made_dataset(200), dataclasses.replace(SMALL, epochs=1)
    train(recipe, data, tmp_path)
    with pytest.raises(TrainingError, match="another recipe"):
        train(dataclasses.replace(recipe, seed=5), data, tmp_path)


def test_a_loss_that_is_not_finite_stops_the_run_and_keeps_the_last_epoch(tmp_path: Path) -> None:
    data = made_dataset(200)
    seen: list[float] = []
    with pytest.raises(TrainingError, match=r"last\.pt is kept"):
        recipe = dataclasses.replace(SMALL, epochs=4, lr=1e18, clip_norm=1e30, warmup=0.9)
        train(recipe, data, tmp_path, lambda report: seen.append(report.loss))
    assert all(math.isfinite(loss) for loss in seen)


def test_early_stopping_keeps_the_best_epoch(tmp_path: Path) -> None:
    recipe = dataclasses.replace(SMALL, epochs=30, early_stopping=1, lr=1e-3, schedule="constant")
    lines: list[str] = []
    seen: dict[int, float] = {}
    weights: dict[int, dict[str, torch.Tensor]] = {}

    def report(at: EpochReport) -> None:
        if at.accuracy:
            seen[at.epoch] = sum(at.accuracy.values()) / 2
            weights[at.epoch] = parameters(tmp_path / "last.pt")

    final = train(recipe, made_dataset(200), tmp_path, report, log=lines.append)
    assert len(seen) < 30
    assert lines[-1] == f"no better PublicTest accuracy for 1 epochs: stopped after epoch {max(seen)}"
    best = max(seen, key=lambda epoch: (seen[epoch], -epoch))
    assert best < max(seen)
    assert all(torch.equal(kept, weights[best][name]) for name, kept in parameters(final).items())


def test_recomputed_normalisations_have_the_statistics_of_plain_faces(tmp_path: Path) -> None:
    data, recipe = made_dataset(600), dataclasses.replace(SMALL, epochs=1, recompute_batchnorm=True, trainable_blocks=1)
    final = train(recipe, data, tmp_path)
    network, before = Checkpoint.load(final).network(), Checkpoint.load(tmp_path / "last.pt").network()
    for name, off in farthest_statistics(network, data.of_split("Training").images).items():
        now, then = network.get_submodule(name).running_mean, before.get_submodule(name).running_mean
        if name.startswith("stages.4."):  # the last block of the trunk, which alone has learned
            assert off < 0.05
            assert not torch.equal(now, then)
        else:
            assert torch.equal(now, then)
    for kept, trained_weight in zip(network.parameters(), before.parameters(), strict=True):
        torch.testing.assert_close(kept, trained_weight, atol=0, rtol=0)


def parameters(checkpoint: Path) -> dict[str, torch.Tensor]:
    """The averaged weights, without the statistics of normalisations."""
    network = Checkpoint.load(checkpoint).network()
    return {name: value.clone() for name, value in network.named_parameters()}


def test_the_history_is_in_the_folder(trained: Path) -> None:
    rows = [json.loads(line) for line in (trained.parent / "history.jsonl").read_text().splitlines()]
    assert [row["epoch"] for row in rows] == list(range(1, 17))
    assert set(rows[0]["accuracy"]) == {"ferplus", "fer2013"}
    assert rows[-1]["loss"] < rows[0]["loss"]
    assert list((trained.parent / "tensorboard").glob("events*"))


def test_own_classes_are_learned_and_exported_without_touching_code(tmp_path: Path) -> None:
    data = made_dataset(300)
    custom = np.where(data.truth("fer2013") == 3, 1, 0)
    own = face_dataset(data.images, data.split, custom=custom, classes=("others", "smiling"))
    network = Checkpoint.load(train(dataclasses.replace(SMALL, epochs=6), own, tmp_path)).network()
    assert list(network.heads) == ["custom"]
    assert accuracies(network, own.of_split("PrivateTest"))["custom"] > 0.8


def test_a_full_disk_keeps_the_last_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, recipe = made_dataset(100), dataclasses.replace(SMALL, epochs=2)
    train(dataclasses.replace(recipe, epochs=2), data, tmp_path)
    before = (tmp_path / "last.pt").read_bytes()
    (tmp_path / "final.pt").unlink()

    def full(_state: object, path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("emoar.training.checkpoint.torch.save", full)
    with pytest.raises(OutputError, match=r"final\.pt cannot be written .*No space left.*previous checkpoint is kept"):
        train(recipe, data, tmp_path)
    assert (tmp_path / "last.pt").read_bytes() == before
    assert not list(tmp_path.glob("*.part*"))


def test_freezing_and_unfreezing_train_through(tmp_path: Path) -> None:
    recipe = dataclasses.replace(SMALL, epochs=2, trainable_blocks=1, unfreeze_epoch=2, ema_decay=0.0)
    train(dataclasses.replace(recipe, epochs=1, unfreeze_epoch=0), made_dataset(100), tmp_path / "one")
    frozen = Checkpoint.load(tmp_path / "one" / "final.pt").network().state_dict()
    train(recipe, made_dataset(100), tmp_path / "two")
    all_learned = Checkpoint.load(tmp_path / "two" / "final.pt").network().state_dict()
    torch.manual_seed(recipe.seed)
    start = build("emoar-s", made_dataset(100).label_sets).state_dict()
    assert torch.equal(frozen["stem.0.weight"], start["stem.0.weight"])
    assert torch.equal(frozen["stem.1.running_mean"], start["stem.1.running_mean"])
    assert not torch.equal(frozen["stages.4.branch.0.weight"], start["stages.4.branch.0.weight"])
    assert not torch.equal(all_learned["stem.0.weight"], start["stem.0.weight"])


@pytest.mark.parametrize("content", [None, b"", b"not a checkpoint"])
def test_what_is_no_checkpoint_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "final.pt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TrainingError, match=r"final\.pt"):
        Checkpoint.load(path).network()


def test_an_unknown_architecture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="emoar-m"):
        train(dataclasses.replace(SMALL, architecture="alexnet"), made_dataset(100), tmp_path)


def test_the_int8_file_agrees_with_the_network(trained: Path, tmp_path: Path) -> None:
    pytest.importorskip("litert_torch")
    pytest.importorskip("ai_edge_quantizer")
    from emoar.training.export.export import ship

    data = made_dataset(1200)
    network = Checkpoint.load(trained).network()
    path = ship(network, Checkpoint.load(trained).info(), data, tmp_path)
    assert path.stat().st_size < 1_000_000
    held_out = data.of_split("PrivateTest")
    classifier = ExpressionClassifier(path)
    rows = [classifier.classify(image) for image in held_out.images]
    with torch.no_grad():
        logits = network(torch.from_numpy(held_out.images[:, None].astype(np.float32)))["fer2013"]
    agreement = np.mean([row["fer2013"].argmax() for row in rows] == logits.argmax(1).numpy())
    assert agreement > 0.97
    assert all(row["ferplus"].sum() == pytest.approx(1, abs=1e-4) for row in rows)
    found = score(np.stack([row["fer2013"] for row in rows]), held_out.truth("fer2013"), FER2013)
    assert found.accuracy > 0.88
    manifest = (tmp_path / "manifest.json").read_text()
    assert '"emoar-s.tflite"' in manifest
