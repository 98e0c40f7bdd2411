"""The model of the start: features and head give the network's own logits, whatever the checkpoint holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from emoar.errors import InputError, TrainingError
from emoar.federated.base_model import BaseModel
from emoar.federated.head import Head
from emoar.federated.network_client import trained_arrays
from emoar.labels import FER2013
from emoar.training.checkpoint import Checkpoint
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.targets import IndexTargets
from emoar.training.networks.architectures import build
from emoar.training.networks.fold_batchnorm import fold_batchnorm

IMAGES = np.random.default_rng(0).integers(0, 256, (5, 48, 48), dtype=np.uint8)
HEADS = {"fer2013": FER2013}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    recipe = {"architecture": "emoar-s", "size_px": 48, "channels": 1}
    return Checkpoint(recipe, HEADS, build("emoar-s", HEADS).state_dict(), 1).save(tmp_path / "model.pt")


def test_head_and_features_are_the_network(path: Path) -> None:
    base, names = BaseModel.open(str(path), FaceDataset(IMAGES, {}, np.full(5, "Training"))), Head("fer2013")
    head = base.head("fer2013")
    logits = base.features(IMAGES) @ head[names.weight].T + head[names.bias]
    with torch.no_grad():
        expected = base.network(torch.from_numpy(base.inputs(IMAGES)))["fer2013"].numpy()
    assert logits == pytest.approx(expected, abs=1e-4)


def test_trained_tensors_of_a_folded_network_make_a_checkpoint(path: Path, tmp_path: Path) -> None:
    base = BaseModel.open_checkpoint(path)
    fold_batchnorm(base.network)
    start = trained_arrays(base.network, "stage", "fer2013")
    new = {name: value + np.float32(0.01) for name, value in start.items()}
    base.with_weights(new, {"privacy": {"epsilon": 8.0}}).save(tmp_path / "new.pt")
    again = Checkpoint.load(tmp_path / "new.pt")
    assert again.state["privacy"]["epsilon"] == 8
    found = dict(again.network().named_parameters())
    assert all(np.allclose(found[name].detach().numpy(), value) for name, value in new.items())


def test_labels_have_to_be_those_of_the_head(path: Path) -> None:
    base, split = BaseModel.open_checkpoint(path), np.full(5, "Training")
    targets = {"fer2013": IndexTargets(FER2013, np.arange(5))}
    assert base.labels(FaceDataset(IMAGES, targets, split), "fer2013").tolist() == [0, 1, 2, 3, 4]
    with pytest.raises(InputError, match="no face has a label of 'fer2013'; the data has none"):
        base.labels(FaceDataset(IMAGES, {}, split), "fer2013")
    with pytest.raises(InputError, match="no head 'ferplus'"):
        base.labels(FaceDataset(IMAGES, targets, split), "ferplus")
    turned = {"fer2013": IndexTargets(FER2013[::-1], np.arange(5))}
    with pytest.raises(InputError, match="are not those of the model"):
        base.labels(FaceDataset(IMAGES, turned, split), "fer2013")


def test_what_is_no_checkpoint_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="does not exist"):
        BaseModel.open_checkpoint(tmp_path / "model.pt")
