"""The preparation of a gateway: the browser's model has to be that of the federation."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from emoar.errors import InputError
from emoar.federated.accountant import Release, epsilon_of
from emoar.federated.base_model import BaseModel
from emoar.federated.deployment.browser_settings import BrowserSettings
from emoar.federated.deployment.browsers import noise_of_update, prepare_browsers
from emoar.labels import FER2013, FERPLUS
from emoar.models.expression import expression_model
from emoar.training.checkpoint import Checkpoint
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.targets import IndexTargets
from emoar.training.networks.architectures import build


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped small model as a checkpoint."""
    images = np.random.default_rng(0).integers(0, 256, (64, 48, 48), dtype=np.uint8)
    faces = FaceDataset(images, {"fer2013": IndexTargets(FER2013, np.arange(64) % 7)}, np.full(64, "Training"))
    return BaseModel.open("emoar-s", faces).with_weights({}, {}).save(tmp_path_factory.mktemp("model") / "model.pt")


def test_settings_of_a_gateway(shipped: Path, tmp_path: Path) -> None:
    path = prepare_browsers(tmp_path / "gateway", shipped, "emoar-s", "fer2013", 0.5, 1.4, 20)
    settings = BrowserSettings.read(path)
    file = expression_model("emoar-s").members[0].path
    assert settings.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert settings.fingerprint == hashlib.sha256(shipped.read_bytes()).hexdigest()
    assert settings.labels == FER2013
    assert (settings.model, settings.at_least) == ("emoar-s", 20)
    assert (tmp_path / "gateway").stat().st_mode & 0o777 == 0o700


def test_another_model_in_the_browser(tmp_path: Path, shipped: Path) -> None:
    labels = {"fer2013": FER2013, "ferplus": FERPLUS}
    recipe = {"architecture": "emoar-s", "size_px": 48, "channels": 1}
    other = Checkpoint(recipe, labels, build("emoar-s", labels).state_dict(), 1).save(tmp_path / "other.pt")
    for features, model in (("emoar-s", other), ("emoar-m", shipped)):
        with pytest.raises(InputError, match="other features"):
            prepare_browsers(tmp_path / "gateway", model, features, "fer2013", 0.5, 1.4, 20)
    assert not (tmp_path / "gateway").exists()


def test_values_that_protect_nobody(shipped: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="above 0"):
        prepare_browsers(tmp_path, shipped, "emoar-s", "fer2013", 0.5, 0.0, 20)
    with pytest.raises(InputError, match="no head"):
        prepare_browsers(tmp_path, shipped, "emoar-s", "none", 0.5, 1.4, 20)


def test_the_noise_of_an_update_costs_what_it_should() -> None:
    noise = noise_of_update(4.0, 1e-5)
    spent = epsilon_of(
        [Release(noise / 2, 1.0)], 1e-5
    )  # two updates differ by twice the norm to which they are clipped
    assert 3.9 < spent <= 4.0
