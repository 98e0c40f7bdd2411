"""What a recipe makes of labelled faces: crops in its size, targets, teachers, re-aligned crops, landmarks."""

from __future__ import annotations

import dataclasses
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
from training_faces import made_dataset

torch = pytest.importorskip("torch")

from emoar.errors import DataError, InputError, TrainingError  # noqa: E402
from emoar.progress import NO_PROGRESS  # noqa: E402
from emoar.training.data.face_dataset import FaceDataset  # noqa: E402
from emoar.training.data.targets import IndexTargets  # noqa: E402
from emoar.training.faces.landmarks import CropLandmarks  # noqa: E402
from emoar.training.faces.realign import Realigned  # noqa: E402
from emoar.training.loop import mesh_batches, samples  # noqa: E402
from emoar.training.loop.crop_batches import CropSamples  # noqa: E402
from emoar.training.loop.mesh_batches import MeshSamples  # noqa: E402
from emoar.training.loop.samples import PreparedSamples, prepare_samples  # noqa: E402
from emoar.training.recipe import Recipe  # noqa: E402

DATA = made_dataset(40)
S = Recipe("emoar-s", 1)


def prepare(recipe: Recipe, folder: Path, data: FaceDataset = DATA) -> tuple[PreparedSamples, list[str]]:
    lines: list[str] = []
    return prepare_samples(recipe, data, folder, nullcontext, lines.append, NO_PROGRESS), lines


def test_crops_in_the_size_and_colour_of_the_recipe(tmp_path: Path) -> None:
    prepared, lines = prepare(dataclasses.replace(S, size_px=32, channels=3), tmp_path)
    training, held_out = DATA.of_split("Training"), DATA.of_split("PublicTest")
    assert isinstance(prepared.samples, CropSamples)
    assert prepared.samples.inputs.shape == (len(training), 32, 32, 3)
    assert prepared.held_out_inputs.shape == (len(held_out), 32, 32, 3)
    assert {name: values.shape for name, values in prepared.samples.targets.items()} == {
        "ferplus": (len(training), 8),
        "fer2013": (len(training), 7),
    }
    np.testing.assert_array_equal(prepared.samples.truth, training.truth("fer2013"))
    assert list(prepared.heads) == ["ferplus", "fer2013"]
    assert lines == []


def test_crops_that_fit_are_not_changed(tmp_path: Path) -> None:
    prepared, _ = prepare(S, tmp_path)
    np.testing.assert_array_equal(prepared.samples.inputs, DATA.of_split("Training").images)


def test_teachers_give_targets_of_their_own(tmp_path: Path) -> None:
    training = DATA.of_split("Training")
    p = np.random.default_rng(0).dirichlet(np.ones(7), 40).astype(np.float32)
    np.savez(tmp_path / "p.npz", rows=np.arange(40), fer2013=p)
    prepared, _ = prepare(dataclasses.replace(S, teachers=(str(tmp_path / "p.npz"),)), tmp_path)
    assert list(prepared.samples.targets) == ["ferplus", "fer2013", "teacher/fer2013"]
    np.testing.assert_array_equal(prepared.samples.targets["teacher/fer2013"], p[training.rows])


def test_realigned_crops_come_in_the_size_of_the_recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    count = len(DATA.of_split("Training"))
    found = np.arange(count) % 4 != 0

    def realign(images, cache, progress) -> Realigned:  # type: ignore[no-untyped-def]
        crops = np.full((count, 48, 48), 9, np.uint8)
        return Realigned(found, found, np.zeros((count, 468, 3), np.float32), crops)

    monkeypatch.setattr(samples, "realign", realign)
    prepared, lines = prepare(dataclasses.replace(S, realigned=0.5, size_px=64), tmp_path)
    assert isinstance(prepared.samples, CropSamples)
    assert prepared.samples.realigned is not None
    assert prepared.samples.realigned.shape == (count, 64, 64)
    np.testing.assert_array_equal(prepared.samples.has_realigned, found)
    assert lines == [f"{found.mean():.1%} of the faces also as the pipeline crops them"]


def test_landmarks_of_the_faces_that_have_a_mesh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def landmarks(images, cache, jitter=None, progress=None) -> CropLandmarks:  # type: ignore[no-untyped-def]
        points = np.random.default_rng(len(images)).uniform(0, 48, (len(images), 468, 3)).astype(np.float32)
        return CropLandmarks(points, (np.arange(len(images)) % 2).astype(np.float32))

    monkeypatch.setattr(samples, "crop_landmarks", landmarks)
    monkeypatch.setattr(mesh_batches, "crop_landmarks", landmarks)
    prepared, lines = prepare(Recipe("emoar-mesh", 1), tmp_path)
    training, held_out = (len(DATA.of_split(split)) // 2 for split in ("Training", "PublicTest"))
    assert isinstance(prepared.samples, MeshSamples)
    assert prepared.samples.inputs.shape == (training, 468, 3)
    assert prepared.held_out_inputs.shape == (held_out, 468, 3)
    assert len(prepared.held_out) == held_out
    assert lines == [f"{training} faces have a mesh"]


def test_own_classes_are_what_sampling_balances(tmp_path: Path) -> None:
    own = DATA.with_targets(custom=IndexTargets(("even", "odd"), np.arange(40) % 2))
    prepared, _ = prepare(S, tmp_path, own)
    np.testing.assert_array_equal(prepared.samples.truth, own.of_split("Training").truth("custom"))
    assert prepared.heads["custom"] == ("even", "odd")


def test_recipes_that_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="architecture must be one of"):
        prepare(dataclasses.replace(S, architecture="alexnet"), tmp_path)
    with pytest.raises(InputError, match="has no effect on emoar-mesh"):
        prepare(Recipe("emoar-mesh", 1, channels=3), tmp_path)


def test_faces_without_labels(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no face of Training has a label"):
        prepare(S, tmp_path, dataclasses.replace(DATA, targets={}))
