"""The base of networks: preprocessing, trunk, dropout and heads, in this order, once for all."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from emoar.errors import InputError  # noqa: E402
from emoar.models.inputs import CropInput  # noqa: E402
from emoar.training.networks.base import CropNetwork  # noqa: E402
from emoar.training.networks.standardise import standardise  # noqa: E402

HEADS = {"custom": ("a", "b", "c"), "other": ("x", "y")}


class Mean(CropNetwork):
    """A trunk that scales the mean of each row of the image."""

    smallest_px = 4

    def __init__(self, upsample_px: int = 0) -> None:
        super().__init__(CropInput(8), upsample_px)
        self.scale = torch.nn.Linear(1, 5, bias=False)
        self.add_heads(HEADS, 5, dropout=0.5)

    def features(self, x: torch.Tensor) -> torch.Tensor:
        return self.scale(x.amax((1, 2, 3))[:, None])

    def blocks(self) -> list[torch.nn.Module]:
        return [self.scale]


@torch.no_grad()
def test_logits_are_the_heads_of_the_features_of_the_standardised_crop() -> None:
    network = Mean().eval()
    crops = torch.rand(4, 1, 8, 8) * 255
    features = network.scale(standardise(crops).amax((1, 2, 3))[:, None])
    logits = network(crops)
    assert {name: tuple(values.shape) for name, values in logits.items()} == {"custom": (4, 3), "other": (4, 2)}
    for name, head in network.heads.items():
        torch.testing.assert_close(logits[name], head(features))


@torch.no_grad()
def test_dropout_lies_between_trunk_and_heads() -> None:
    network = Mean().train()
    network.heads["custom"].weight.fill_(1.0)
    network.heads["custom"].bias.zero_()
    network.scale.weight.fill_(1.0)
    crops = torch.rand(64, 1, 8, 8) * 255
    ratio = network(crops)["custom"][:, 0] / standardise(crops).amax((1, 2, 3))
    assert set((ratio / 2).round().int().tolist()) > {1, 2, 3}  # of five features some are kept, at twice their value


@pytest.mark.parametrize(("upsample_px", "side_px", "expected"), [(0, 8, 8), (0, 3, 4), (16, 8, 16), (6, 8, 6)])
def test_crops_are_resized_inside(upsample_px: int, side_px: int, expected: int) -> None:
    network = Mean(upsample_px)
    assert network.preprocess(torch.rand(2, 1, side_px, side_px)).shape == (2, 1, expected, expected)


def test_an_architecture_of_our_own_has_no_pretrained_weights_and_needs_no_warm_up() -> None:
    network = Mean()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    network.warm_up(np.zeros((3, 8, 8), np.uint8))
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    with pytest.raises(InputError, match="has no pretrained weights"):
        network.load_pretrained(None, np.zeros((3, 8, 8), np.uint8))
