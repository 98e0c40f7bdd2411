"""Plain networks: stages, the grid before the heads, any size of crop."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from emoar.models.inputs import CropInput  # noqa: E402
from emoar.training.networks.vgg import VggNet, VggShape  # noqa: E402

SHAPE = VggShape(widths=(4, 8), convolutions=(2, 1), features=6, grid=2)


@torch.no_grad()
def test_each_stage_halves_the_resolution() -> None:
    network = VggNet(SHAPE, CropInput(16, 3), {"custom": ("a", "b")}).eval()
    x, shapes = torch.rand(2, 3, 16, 16), []
    for stage in network.stages:
        x = stage(x)
        shapes.append(tuple(x.shape[1:]))
    assert shapes == [(4, 8, 8), (8, 4, 4)]


@pytest.mark.parametrize("side", [16, 24, 48])
@torch.no_grad()
def test_crops_of_any_size(side: int) -> None:
    network = VggNet(SHAPE, CropInput(side), {"custom": ("a", "b"), "other": ("c", "d", "e")}).eval()
    logits = network(torch.rand(2, 1, side, side) * 255)
    assert {name: tuple(values.shape) for name, values in logits.items()} == {"custom": (2, 2), "other": (2, 3)}


@torch.no_grad()
def test_the_features_know_where_something_is() -> None:
    """Other than after global pooling: a shape on the left and the same on the right differ."""
    network = VggNet(SHAPE, CropInput(16), {"custom": ("a", "b")}).eval()
    face = torch.zeros(1, 1, 16, 16)
    face[..., 6:10, 2:5] = 1.0
    left, right = network.features(face), network.features(face.flip(-1))
    assert not torch.allclose(left, right, atol=1e-3)
