"""Parameters and multiply-adds, of layers small enough to count by hand."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
nn = torch.nn

from emoar.training.networks.architectures import build  # noqa: E402
from emoar.training.networks.cost import Cost, count_cost, network_cost  # noqa: E402


@pytest.mark.parametrize(
    ("network", "sample", "expected"),
    [
        # 3x3 from 2 to 4 channels, no border: 3 x 3 outputs of 4 channels, each 2 * 9 weights
        (nn.Conv2d(2, 4, 3, bias=False), (1, 2, 5, 5), Cost(72, 9 * 4 * 18)),
        # a stride of 2 with a border: 3 x 3 outputs again
        (nn.Conv2d(1, 1, 3, stride=2, padding=1), (1, 1, 5, 5), Cost(10, 9 * 9)),
        # depthwise: each output channel has the weights of one input channel
        (nn.Conv2d(4, 4, 3, groups=4, bias=False), (1, 4, 3, 3), Cost(36, 4 * 9)),
        (nn.Linear(6, 5), (1, 6), Cost(35, 30)),
        # a linear layer over three positions
        (nn.Linear(6, 5, bias=False), (1, 3, 6), Cost(30, 3 * 30)),
        # normalisation, activation and pooling are left out, but not the parameters of the first
        (
            nn.Sequential(nn.Conv2d(1, 2, 1, bias=False), nn.BatchNorm2d(2), nn.ReLU(), nn.AdaptiveAvgPool2d(1)),
            (1, 1, 4, 4),
            Cost(2 + 4, 16 * 2),
        ),
    ],
)
def test_layers(network: torch.nn.Module, sample: tuple[int, ...], expected: Cost) -> None:
    assert count_cost(network, torch.rand(sample)) == expected


def test_a_layer_that_runs_twice_counts_twice() -> None:
    layer = nn.Linear(3, 3, bias=False)
    assert count_cost(nn.Sequential(layer, layer), torch.rand(1, 3)) == Cost(9, 18)


@pytest.mark.parametrize("training", [True, False])
def test_the_network_stays_as_it_was(training: bool) -> None:
    network = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2)).train(training)
    count_cost(network, torch.rand(1, 2))
    assert network.training == training
    assert not network[0]._forward_hooks
    assert torch.equal(network[1].running_mean, torch.zeros(2))


def test_a_network_brings_its_own_sample() -> None:
    small, mesh = network_cost(build("emoar-s")), network_cost(build("emoar-mesh"))
    assert small.macs > 100 * mesh.macs > 0
    assert network_cost(build("emoar-s", size_px=96)).macs == pytest.approx(4 * small.macs, rel=0.01)
