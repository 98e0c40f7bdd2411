"""Folding BatchNorm keeps the logits, leaves no normalisation, and names networks that it cannot fold."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="networks need torch: pip install 'emoar[train]'")

from emoar.errors import TrainingError  # noqa: E402
from emoar.models.public import model_path  # noqa: E402
from emoar.training.networks.architectures import build  # noqa: E402
from emoar.training.networks.fold_batchnorm import fold_batchnorm  # noqa: E402
from emoar.training.networks.tflite_weights import load_tflite_weights  # noqa: E402


def random_statistics(network) -> None:  # type: ignore[no-untyped-def]
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            for values, low, high in (
                (module.weight, 0.5, 1.5),
                (module.bias, -0.5, 0.5),
                (module.running_mean, -0.5, 0.5),
                (module.running_var, 0.5, 2.0),
            ):
                torch.nn.init.uniform_(values, low, high)


@pytest.mark.parametrize("name", ["emoar-s", "face-resnet"])
def test_logits_stay(name: str) -> None:
    torch.manual_seed(4)
    network = build(name).eval()
    random_statistics(network)
    faces = torch.randint(0, 256, (3, 1, 48, 48)).float()
    with torch.no_grad():
        before = network(faces)
        folded = fold_batchnorm(network)
        after = folded(faces)
    assert folded is network
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in network.modules())
    for head, logits in before.items():
        assert logits.abs().max() > 0.1
        torch.testing.assert_close(after[head], logits, atol=1e-5 * float(logits.abs().max()), rtol=0)


def test_folded_networks_take_the_weights_of_a_file_exactly(public_faces) -> None:  # type: ignore[no-untyped-def]
    """A folded network has the layers of a .tflite: no statistics have to be found for it."""
    networks = [build("emoar-s"), fold_batchnorm(build("emoar-s"))]
    for network in networks:
        load_tflite_weights(network, model_path("emoar-s"), public_faces)
    with torch.no_grad():
        faces = torch.from_numpy(networks[0].input.to_batch(public_faces))
        normalised, folded = (network(faces) for network in networks)
    for head, logits in normalised.items():
        torch.testing.assert_close(folded[head], logits, atol=1e-3, rtol=0)
    names = {name for name, _ in networks[1].named_parameters()}
    assert {"stem.0.bias", "stages.0.branch.0.bias", "heads.ferplus.weight"} <= names
    assert not any("running" in name for name in networks[1].state_dict())


@pytest.fixture
def public_faces():  # type: ignore[no-untyped-def]
    """Smooth pictures of many shades in place of faces."""
    import cv2
    import numpy as np

    noise = np.random.default_rng(1).integers(0, 256, (40, 6, 6), np.uint8)
    return np.stack([cv2.resize(each, (48, 48), interpolation=cv2.INTER_CUBIC) for each in noise])


def test_normalisation_before_the_convolution_is_named() -> None:
    network = build("emoar-s")
    network.stages.insert(0, torch.nn.BatchNorm2d(16))
    with pytest.raises(TrainingError, match=r"^1 of 15 BatchNorm layers follow no convolution and cannot be folded"):
        fold_batchnorm(network)
    assert sum(isinstance(module, torch.nn.BatchNorm2d) for module in network.modules()) == 15
