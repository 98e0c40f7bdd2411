"""Our own residual networks: their stages, and blocks that start as their shortcut."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from emoar.models.inputs import CropInput  # noqa: E402
from emoar.training.networks.residual import (  # noqa: E402
    ResidualBlock,
    ResidualNet,
    ResidualShape,
    SqueezeExcitation,
)

SHAPE = ResidualShape(stem=8, widths=(8, 16), blocks=(1, 2), squeeze=4)


@torch.no_grad()
def test_each_stage_halves_the_resolution() -> None:
    network = ResidualNet(SHAPE, CropInput(16, 3), {"custom": ("a", "b")}).eval()
    x, sides, widths = torch.rand(2, 3, 16, 16), [], []
    for block in network.blocks():
        x = block(x)
        sides.append(x.shape[-1])
        widths.append(x.shape[1])
    assert (sides, widths) == ([16, 8, 4, 4], [8, 8, 16, 16])
    assert network(torch.rand(2, 3, 16, 16))["custom"].shape == (2, 2)


@torch.no_grad()
def test_a_block_starts_as_its_shortcut() -> None:
    network = ResidualNet(SHAPE, CropInput(16), {"custom": ("a", "b")}).eval()
    block = network.stages[2]
    assert isinstance(block, ResidualBlock)
    x = torch.rand(1, 16, 4, 4)
    torch.testing.assert_close(block(x), x)


@torch.no_grad()
def test_a_gate_scales_whole_channels() -> None:
    gate = SqueezeExcitation(4, 2)
    x = torch.rand(1, 4, 3, 3) + 0.1
    ratio = gate(x) / x
    torch.testing.assert_close(ratio, ratio[:, :, :1, :1].expand_as(ratio))
    assert 0 < float(ratio.min()) <= float(ratio.max()) < 1
