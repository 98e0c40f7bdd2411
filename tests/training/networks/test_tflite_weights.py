"""A model that ships can be trained on: its weights come back out of the .tflite."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from emoar.errors import TrainingError  # noqa: E402
from emoar.labels import DEFAULT_HEADS  # noqa: E402
from emoar.models.inputs import CropInput  # noqa: E402
from emoar.models.metadata import ModelInfo  # noqa: E402
from emoar.training.export.calibrated import CalibratedNetwork  # noqa: E402
from emoar.training.export.tflite import quantize, write_tflite  # noqa: E402
from emoar.training.networks.architectures import build  # noqa: E402
from emoar.training.networks.residual import ResidualNet, ResidualShape  # noqa: E402
from emoar.training.networks.tflite_weights import load_tflite_weights  # noqa: E402

TINY = ResidualShape(stem=8, widths=(8, 16), blocks=(1, 2), squeeze=4)
ONE = {"ferplus": 1.0, "fer2013": 1.0}


def tiny(shape: ResidualShape = TINY) -> ResidualNet:
    return ResidualNet(shape, CropInput(), DEFAULT_HEADS)


@pytest.fixture(scope="module")
def faces() -> np.ndarray:
    rng = np.random.default_rng(3)
    small = rng.integers(0, 255, (64, 6, 6))
    return np.kron(small, np.ones((1, 8, 8))).astype(np.uint8)


@pytest.fixture(scope="module")
def trained(faces: np.ndarray) -> ResidualNet:
    """A network whose normalisations and heads are far from their start."""
    torch.manual_seed(1)
    network = tiny()
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.normal_(module.bias, 0.0, 0.3)
    network.train()
    with torch.no_grad():
        for _ in range(30):
            network(torch.from_numpy(faces[:, None]).float())
        for head in network.heads.values():
            head.weight.mul_(4)
    return network.eval()


def logits(network: ResidualNet, faces: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        return network.eval()(torch.from_numpy(faces[:, None]).float())["fer2013"].numpy()


def test_the_weights_of_an_int8_file_make_the_same_network(
    trained: ResidualNet, faces: np.ndarray, tmp_path: Path
) -> None:
    whole = write_tflite(CalibratedNetwork(trained, ONE, ModelInfo("tiny")), tmp_path / "float.tflite")
    model = quantize(whole, CropInput(), tmp_path / "int8.tflite")
    fresh = tiny()
    load_tflite_weights(fresh, model, faces)
    wanted, got = logits(trained, faces), logits(fresh, faces)
    assert np.abs(got - wanted).max() < 0.1 * wanted.std()
    with torch.no_grad():  # the statistics are those of the faces, so training starts where evaluation stands
        in_training = fresh.train()(torch.from_numpy(faces[:, None]).float())["fer2013"].numpy()
    assert np.abs(in_training - wanted).max() < 0.1 * wanted.std()


def test_another_architecture_is_refused(trained: ResidualNet, faces: np.ndarray, tmp_path: Path) -> None:
    whole = write_tflite(CalibratedNetwork(trained, ONE, ModelInfo("tiny")), tmp_path / "float.tflite")
    other = tiny(ResidualShape(stem=8, widths=(8, 32), blocks=(1, 2), squeeze=4))
    with pytest.raises(TrainingError, match="same architecture"):
        load_tflite_weights(other, whole, faces)


def test_what_is_no_model_is_refused(faces: np.ndarray, tmp_path: Path) -> None:
    path = tmp_path / "broken.tflite"
    path.write_bytes(b"not a model")
    with pytest.raises(TrainingError, match="not a model"):
        load_tflite_weights(tiny(), path, faces)


def test_a_network_of_landmarks_needs_its_checkpoint(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="give the checkpoint"):
        load_tflite_weights(build("emoar-mesh"), tmp_path / "mesh.tflite", np.zeros((2, 468, 3), np.float32))
