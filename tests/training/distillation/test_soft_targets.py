"""Teachers: shipped models, checkpoints of any input, and predictions that another program made."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from training_faces import made_dataset

from emoar.errors import DataError, ModelMissing, TrainingError
from emoar.labels import FER2013

torch = pytest.importorskip("torch")

from emoar.training.checkpoint import Checkpoint  # noqa: E402
from emoar.training.distillation.soft_targets import soft_targets  # noqa: E402
from emoar.training.faces import inputs  # noqa: E402
from emoar.training.faces.landmarks import CropLandmarks  # noqa: E402
from emoar.training.networks.architectures import build  # noqa: E402
from emoar.training.recipe import Recipe  # noqa: E402

DATA = made_dataset(30)
HEADS = {"fer2013": FER2013}


def write_checkpoint(path: Path, recipe: Recipe | None = None) -> Path:
    recipe = recipe or Recipe("emoar-s", 1)
    size = {"size_px": recipe.size_px, "channels": recipe.channels, "upsample_px": recipe.upsample_px}
    network = build(recipe.architecture, HEADS, **size)
    if recipe.architecture == "emoar-mesh":
        network.warm_up(np.random.default_rng(0).normal(size=(200, 468, 3)).astype(np.float32))
    path.parent.mkdir(exist_ok=True)
    return Checkpoint(dataclasses.asdict(recipe), HEADS, network.state_dict(), 1).save(path)


@torch.no_grad()
def test_a_shipped_model_and_a_checkpoint_together(tmp_path: Path) -> None:
    path = write_checkpoint(tmp_path / "final.pt")
    network = Checkpoint.load(path).network()
    calls: list[tuple[str, int, int]] = []
    alone = soft_targets(["emoar-m"], DATA, tmp_path, lambda *call: calls.append(call))
    assert ("emoar-m", 30, 30) in calls
    calls.clear()
    both = soft_targets(["emoar-m", str(path)], DATA, tmp_path, lambda *call: calls.append(call))
    assert {task for task, _, _ in calls} == {str(path), f"{path}, mirrored"}  # the first is kept from before
    assert {name: values.shape for name, values in both.items()} == {"ferplus": (30, 8), "fer2013": (30, 7)}
    np.testing.assert_array_equal(both["ferplus"], alone["ferplus"])  # the checkpoint knows fer2013 alone
    faces = torch.from_numpy(DATA.images[:, None]).float()
    own = (network(faces)["fer2013"].softmax(1) + network(faces.flip(-1))["fer2013"].softmax(1)) / 2
    np.testing.assert_allclose(both["fer2013"], (alone["fer2013"] + own.numpy()) / 2, atol=1e-5)
    np.testing.assert_allclose(both["fer2013"].sum(axis=1), 1, atol=1e-4)


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe("emoar-s", 1, channels=3),
        Recipe("emoar-s", 1, size_px=96),
        Recipe("emoar-s", 1, size_px=64, channels=3, upsample_px=80),
    ],
    ids=["rgb", "96 px", "rgb, 64 px"],
)
def test_a_checkpoint_of_another_size_or_colour_gets_crops_of_its_own(tmp_path: Path, recipe: Recipe) -> None:
    path = write_checkpoint(tmp_path / "final.pt", recipe)
    p = soft_targets([str(path)], DATA, tmp_path)["fer2013"]
    checkpoint = Checkpoint.load(path)
    crop = checkpoint.input.prepare(DATA.images[3])
    views = [crop, np.ascontiguousarray(checkpoint.input.prepare(np.ascontiguousarray(DATA.images[3, :, ::-1])))]
    with torch.no_grad():
        logits = [checkpoint.network()(torch.from_numpy(checkpoint.input.to_batch(view[None]))) for view in views]
    expected = sum(each["fer2013"].softmax(1) for each in logits) / 2
    np.testing.assert_allclose(p[3], expected[0].numpy(), atol=1e-5)


def landmarks(presence: NDArray[np.float32]):  # type: ignore[no-untyped-def]
    def found(images, cache=None, jitter=None, progress=None) -> CropLandmarks:  # type: ignore[no-untyped-def]
        points = np.random.default_rng(1).uniform(0, 48, (len(images), 468, 3)).astype(np.float32)
        return CropLandmarks(points, presence)

    return found


def test_a_teacher_of_landmarks_knows_the_faces_that_have_a_mesh(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_checkpoint(tmp_path / "final.pt", Recipe("emoar-mesh", 1))
    presence = (np.arange(30) % 3 > 0).astype(np.float32)
    monkeypatch.setattr(inputs, "crop_landmarks", landmarks(presence))
    alone = soft_targets([str(path)], DATA, tmp_path / "cache")["fer2013"]
    np.testing.assert_allclose(alone.sum(axis=1), presence, atol=1e-5)
    p = np.random.default_rng(0).dirichlet(np.ones(7), 30).astype(np.float32)
    np.savez(tmp_path / "p.npz", rows=np.arange(30), fer2013=p)
    both = soft_targets([str(path), str(tmp_path / "p.npz")], DATA, tmp_path / "cache")["fer2013"]
    np.testing.assert_array_equal(both[presence == 0], p[presence == 0])  # of these, the file alone has predictions
    np.testing.assert_allclose(both[presence > 0], ((alone + p) / 2)[presence > 0], atol=1e-6)


def test_no_mesh_at_all_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_checkpoint(tmp_path / "final.pt", Recipe("emoar-mesh", 1))
    monkeypatch.setattr(inputs, "crop_landmarks", landmarks(np.zeros(30, np.float32)))
    with pytest.raises(DataError, match="no face of the data has a mesh"):
        soft_targets([str(path)], DATA, tmp_path)


def test_two_runs_whose_checkpoints_have_one_name(tmp_path: Path) -> None:
    paths = [write_checkpoint(tmp_path / run / "final.pt") for run in ("a", "b")]
    first, second = (soft_targets([str(path)], DATA, tmp_path / "cache")["fer2013"] for path in paths)
    assert np.abs(first - second).max() > 1e-3


def test_predictions_in_a_file_are_joined_by_row(tmp_path: Path) -> None:
    p = np.random.default_rng(0).dirichlet(np.ones(7), 30).astype(np.float32)
    np.savez(tmp_path / "p.npz", rows=np.arange(30)[::-1], fer2013=p)
    np.testing.assert_array_equal(soft_targets([str(tmp_path / "p.npz")], DATA, tmp_path)["fer2013"], p[::-1])


@pytest.mark.parametrize(
    ("arrays", "error", "words"),
    [
        ({"rows": np.arange(29), "fer2013": np.zeros((29, 7))}, TrainingError, "no prediction for row 29"),
        ({"rows": np.arange(30), "fer2013": np.zeros((30, 5))}, TrainingError, "knows none"),
        ({"fer2013": np.zeros((30, 7))}, TrainingError, "has no array rows"),
        (b"nothing", DataError, "not a readable"),
        (b"PK\x03\x04 cut off", DataError, "not a readable"),
    ],
)
def test_predictions_that_do_not_fit(
    tmp_path: Path, arrays: dict[str, NDArray[np.float32]] | bytes, error: type[Exception], words: str
) -> None:
    path = tmp_path / "p.npz"
    path.write_bytes(arrays) if isinstance(arrays, bytes) else np.savez(path, **arrays)
    with pytest.raises(error, match=words):
        soft_targets([str(path)], DATA, tmp_path)


def test_an_unknown_teacher(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="emoar-m"):
        soft_targets(["emoar-x"], DATA, tmp_path)


def test_a_checkpoint_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="cannot be read"):
        soft_targets([str(tmp_path / "none.pt")], DATA, tmp_path)
