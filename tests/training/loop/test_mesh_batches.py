"""Batches of landmarks: means of two runs of the mesh, mirrored and mixed; recipes that only pixels understand."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from training_faces import made_dataset

torch = pytest.importorskip("torch")

from emoar.errors import DataError, InputError  # noqa: E402
from emoar.training.faces.landmarks import CropLandmarks, MeshJitter  # noqa: E402
from emoar.training.loop import mesh_batches  # noqa: E402
from emoar.training.loop.mesh_batches import Meshes, MeshSamples, check_mesh_recipe, meshes_of  # noqa: E402
from emoar.training.networks.mesh_net import mirrored  # noqa: E402
from emoar.training.recipe import Augmentation, Recipe  # noqa: E402

RECIPE = Recipe("emoar-mesh", 2, batch_size=8, augment=Augmentation(flip=False))


def samples(runs: int = 2) -> MeshSamples:
    """Ten faces; run r of face n has all coordinates at 100 * r + n. The last run found no mesh for even faces."""
    shapes = np.empty((runs, 10, 468, 3), np.float32)
    shapes[:] = 100 * np.arange(runs)[:, None, None, None] + np.arange(10)[None, :, None, None]
    found = np.ones((runs, 10), np.bool_)
    found[-1] = np.arange(10) % 2 if runs > 1 else True
    targets = {"fer2013": np.eye(10, 7, dtype=np.float32)}
    return MeshSamples(targets, np.arange(10), Meshes(made_dataset(10), shapes, found))


def test_a_face_lies_between_two_of_its_runs() -> None:
    values, targets = samples().batches(RECIPE, 0)[0]
    assert values.shape == (8, 468, 3)
    assert targets["fer2013"].shape == (8, 7)
    order = samples().batches(RECIPE, 0)._order[:8]
    run = (values[:, 0, 0].numpy() - order) / 100
    assert ((run > -1e-4) & (run < 1 + 1e-4)).all()
    assert (np.abs(run[order % 2 == 0]) < 1e-4).all()  # there the second run found no mesh
    assert (run[order % 2 == 1] > 0.01).any()


def test_two_epochs_differ_and_two_processes_share() -> None:
    full = samples().batches(RECIPE, 1)[0][0]
    assert not torch.equal(samples().batches(RECIPE, 0)[0][0], full)
    halves = [samples().batches(RECIPE, 1, rank, 2)[0][0] for rank in (0, 1)]
    torch.testing.assert_close(torch.cat(halves), full, rtol=0, atol=0)


def test_mirroring_and_mixing() -> None:
    one = samples(1)
    one.meshes.shapes[0] = np.random.default_rng(0).normal(size=(10, 468, 3))
    flipped = dataclasses.replace(RECIPE, augment=Augmentation(flip=True))
    order, values = one.batches(flipped, 0)._order, one.batches(flipped, 0)[0][0].numpy()
    plain = one.inputs[order[:8]]
    same = np.abs(values - plain).max(axis=(1, 2)) < 1e-5
    other = np.abs(values - mirrored(plain)).max(axis=(1, 2)) < 1e-5
    assert (same ^ other).all()
    assert same.any()
    assert other.any()
    mixed = one.batches(dataclasses.replace(RECIPE, augment=Augmentation(flip=False, mixup=5.0)), 0)[0]
    assert ((mixed[1]["fer2013"] > 0.05) & (mixed[1]["fer2013"] < 0.95)).any()
    assert np.abs(mixed[0].numpy() - plain).max() > 0.1


def test_faces_without_a_mesh_are_left_out_and_runs_are_mirrored_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    points = np.random.default_rng(0).uniform(0, 48, (6, 468, 3)).astype(np.float32)
    presence = np.float32([1, 0, 1, 1, 0.2, 1])
    jitters: list[MeshJitter | None] = []

    def landmarks(images, cache, jitter=None, progress=None) -> CropLandmarks:  # type: ignore[no-untyped-def]
        jitters.append(jitter)
        progress("face mesh", 6, 6)
        return CropLandmarks(points, presence)

    monkeypatch.setattr(mesh_batches, "crop_landmarks", landmarks)
    tasks: list[str] = []
    meshes = meshes_of(made_dataset(6), tmp_path, lambda task, *_: tasks.append(task), runs=2)
    assert meshes.data.rows.tolist() == [0, 2, 3, 5]
    assert meshes.shapes.shape == (3, 4, 468, 3)
    assert [jitter and jitter.mirrored for jitter in jitters] == [None, False, True]
    np.testing.assert_array_equal(meshes.shapes[2], mirrored(meshes.shapes[0]))
    assert tasks == ["face mesh", "face mesh, run 2 of 3", "face mesh, run 3 of 3"]
    presence[:] = 0
    with pytest.raises(DataError, match="no face of the data has a mesh"):
        meshes_of(made_dataset(6), tmp_path)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"augment": Augmentation(blur=0.1, mixup=0.3)}, r"augment\.blur has no effect on emoar-mesh"),
        ({"channels": 3, "realigned": 0.5}, "channels, realigned has no effect"),
        ({"tta_flip": True}, "tta_flip has no effect"),
    ],
)
def test_a_recipe_that_concerns_pixels(settings: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        check_mesh_recipe(dataclasses.replace(RECIPE, **settings))  # type: ignore[arg-type]
    check_mesh_recipe(dataclasses.replace(RECIPE, augment=Augmentation(flip=False, mixup=0.3)))
