"""A checkpoint is a value: saved and loaded, the network and the description that it gives, and files that are none."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="checkpoints need torch: pip install 'emoar[train]'")

from emoar.errors import ModelMismatch, OutputError, TrainingError  # noqa: E402
from emoar.labels import DEFAULT_HEADS  # noqa: E402
from emoar.models.inputs import CropInput, LandmarkInput, ModelInput  # noqa: E402
from emoar.models.privacy import Privacy, privacy_to_dict  # noqa: E402
from emoar.training.checkpoint import Checkpoint  # noqa: E402
from emoar.training.networks.architectures import build  # noqa: E402
from emoar.training.recipe import Recipe  # noqa: E402

HEADS = dict(DEFAULT_HEADS)


def checkpoint_of(recipe: Recipe, heads: dict[str, tuple[str, ...]] = HEADS, **state: Any) -> Checkpoint:
    torch.manual_seed(0)
    network = build(recipe.architecture, heads, channels=recipe.channels, upsample_px=recipe.upsample_px)
    return Checkpoint(dataclasses.asdict(recipe), heads, network.state_dict(), epoch=3, state=state)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    written = checkpoint_of(Recipe("emoar-s", 5), progress={"best": 0.5})
    read = Checkpoint.load(written.save(tmp_path / "last.pt"))
    assert (read.recipe, read.heads, read.epoch, read.state) == (written.recipe, HEADS, 3, {"progress": {"best": 0.5}})
    assert read.path == tmp_path / "last.pt"
    assert list(read.weights) == list(written.weights)
    assert all(torch.equal(value, read.weights[name]) for name, value in written.weights.items())
    assert [file.name for file in tmp_path.iterdir()] == ["last.pt"]


def test_the_network_has_the_weights_and_is_in_evaluation_mode() -> None:
    checkpoint = checkpoint_of(Recipe("emoar-s", 5))
    network = checkpoint.network()
    assert not network.training
    assert all(torch.equal(value, checkpoint.weights[name]) for name, value in network.state_dict().items())


@pytest.mark.parametrize(
    ("recipe", "expected"),
    [
        (Recipe("emoar-s", 1), CropInput(48, 1)),
        (Recipe("emoar-s", 1, size_px=64, channels=3, upsample_px=96), CropInput(64, 3)),
        (Recipe("emoar-mesh", 1), LandmarkInput()),
    ],
)
def test_the_input_follows_from_the_recipe(recipe: Recipe, expected: ModelInput) -> None:
    checkpoint = checkpoint_of(recipe)
    assert checkpoint.input == expected
    logits = checkpoint.network()(torch.from_numpy(expected.sample()))
    assert {name: tuple(values.shape) for name, values in logits.items()} == {"ferplus": (1, 8), "fer2013": (1, 7)}


def test_the_description_bears_the_name_of_the_architecture_or_another() -> None:
    checkpoint = checkpoint_of(Recipe("emoar-s", 1), {"custom": ("asleep", "awake")})
    assert checkpoint.info().name == "emoar-s"
    assert checkpoint.info("mine").name == "mine"
    assert (checkpoint.info().input, checkpoint.info().heads) == (CropInput(), {"custom": ("asleep", "awake")})
    with pytest.raises(ModelMismatch, match="at least two labels"):
        dataclasses.replace(checkpoint, heads={"custom": ("asleep",)}).info()


def test_a_file_of_before_sizes_were_recorded_is_read(tmp_path: Path) -> None:
    weights = build("emoar-s", HEADS).state_dict()
    heads = {name: list(labels) for name, labels in HEADS.items()}
    old = {"recipe": {"architecture": "emoar-s"}, "heads": heads, "averaged": weights, "epoch": 7}
    torch.save(old, tmp_path / "final.pt")
    read = Checkpoint.load(tmp_path / "final.pt")
    assert (read.architecture, read.input, read.heads, read.epoch, read.state) == ("emoar-s", CropInput(), HEADS, 7, {})
    read.network()


def test_weights_of_another_version_are_refused(tmp_path: Path) -> None:
    path = checkpoint_of(Recipe("emoar-s", 1)).save(tmp_path / "final.pt")
    other = dataclasses.replace(Checkpoint.load(path), recipe={"architecture": "emoar-m"})
    with pytest.raises(TrainingError, match=r"final\.pt does not fit emoar-m: it is of another version"):
        other.network()
    with pytest.raises(TrainingError, match="architecture must be one of"):
        dataclasses.replace(other, recipe={"architecture": "no-such-network"}).network()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "does not exist: train first"),
        (b"", "is not a checkpoint of emoar train"),
        (b"not a checkpoint", "is not a checkpoint of emoar train"),
        ({"recipe": {}}, "it lacks recipe, heads, averaged or epoch"),
        ([1, 2], "is not a checkpoint of emoar train"),
    ],
)
def test_what_is_no_checkpoint_is_named(tmp_path: Path, content: Any, words: str) -> None:
    path = tmp_path / "final.pt"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        torch.save(content, path)
    with pytest.raises(TrainingError, match=words) as caught:
        Checkpoint.load(path)
    assert str(path) in str(caught.value)


def test_a_folder_is_no_checkpoint(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"is a folder: name the checkpoint in it, such as .*final\.pt"):
        Checkpoint.load(tmp_path)


def test_a_full_disk_keeps_the_previous_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkpoint = checkpoint_of(Recipe("emoar-s", 1))
    path = checkpoint.save(tmp_path / "final.pt")
    before = path.read_bytes()

    def full(_content: object, file: Path) -> None:
        file.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(OutputError, match=r"final\.pt cannot be written .*No space left.*previous checkpoint is kept"):
        checkpoint.save(path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["final.pt"]


def test_the_privacy_of_its_training_is_in_the_description(tmp_path: Path) -> None:
    spent = Privacy("client", 7.9, 1e-5, "RDP")
    written = checkpoint_of(Recipe("emoar-s", 5), privacy=privacy_to_dict(spent)).save(tmp_path / "final.pt")
    assert Checkpoint.load(written).info().privacy == spent
    assert checkpoint_of(Recipe("emoar-s", 5)).info().privacy is None
    assert checkpoint_of(Recipe("emoar-s", 5), privacy={}).info().privacy is None  # of a federation without noise
    with pytest.raises(ModelMismatch, match="privacy must have"):
        checkpoint_of(Recipe("emoar-s", 5), privacy={"epsilon": 1}).info()
