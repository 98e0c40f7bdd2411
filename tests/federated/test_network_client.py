"""Clients that train parts of a network: gradients of single faces are clipped, and the noise is what is accounted."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from emoar.errors import InputError
from emoar.federated.accountant import Release
from emoar.federated.network_client import NetworkClient, NetworkPart, trained_arrays
from emoar.federated.plan import LocalPlan, Part
from emoar.federated.updates import Arrays, l2_norm, subtract
from emoar.training.networks.architectures import build
from emoar.training.networks.base import ExpressionNetwork
from emoar.training.networks.fold_batchnorm import fold_batchnorm

RNG = np.random.default_rng(0)
INPUTS = (RNG.random((12, 1, 48, 48)) * 255).astype(np.float32)
LABELS = np.arange(12) % 7


@pytest.fixture(scope="module")
def network() -> ExpressionNetwork:
    torch.manual_seed(0)
    return fold_batchnorm(build("emoar-s").eval())


def _client(network: ExpressionNetwork, part: Part, count: int, noise: float = 0.0) -> NetworkClient:
    trained = NetworkPart(network, part, "fer2013")
    return trained.client(trained.values(INPUTS[:count]), LABELS[:count], noise)


def _train(
    network: ExpressionNetwork, part: Part, count: int, noise: float = 0.0, **plan: float
) -> tuple[Arrays, Arrays]:
    start = trained_arrays(network, part, "fer2013")
    client = _client(network, part, count, noise)
    settings = LocalPlan(batch_size=12, **plan)  # type: ignore[arg-type]
    new = client.train(start, settings, np.random.default_rng(0))
    for name, value in network.named_parameters():  # the next test starts from the same weights
        if name in start:
            value.data = torch.from_numpy(start[name].copy())
    return start, new


@pytest.mark.parametrize("part", ["head", "block", "stage", "all"])
@pytest.mark.parametrize("noise", [0.0, 1.0])
def test_a_part_and_nothing_else_is_trained(network: ExpressionNetwork, part: Part, noise: float) -> None:
    before = {name: value.clone() for name, value in network.state_dict().items()}
    start, new = _train(network, part, 12, noise, lr=0.01)
    assert set(start) == set(new)
    assert not [name for name in start if name.startswith("heads.ferplus")]
    assert all(np.isfinite(value).all() for value in new.values())
    assert l2_norm(subtract(new, start)) > 0
    others = [name for name in before if name not in start]
    assert all(torch.equal(before[name], network.state_dict()[name]) for name in others)
    assert bool(others)


def test_parts_grow(network: ExpressionNetwork) -> None:
    sizes = [
        sum(v.size for v in trained_arrays(network, part, "fer2013").values())
        for part in ("head", "block", "stage", "all")
    ]
    assert sizes == sorted(set(sizes))
    assert sizes[0] == 7 * 128 + 7


@pytest.mark.parametrize("part", ["head", "stage"])
def test_no_face_moves_a_private_step_by_more_than_the_clipping_norm(network: ExpressionNetwork, part: Part) -> None:
    start, with_it = _train(network, part, 12, 1e-12, lr=1.0, example_clip=0.01)
    _, without = _train(network, part, 11, 1e-12, lr=1.0, example_clip=0.01)
    moved = {name: 12 * (with_it[name] - start[name]) - 11 * (without[name] - start[name]) for name in start}
    assert l2_norm(moved) == pytest.approx(0.01, rel=0.02)


def test_the_noise_is_what_is_accounted(network: ExpressionNetwork) -> None:
    start, new = _train(network, "stage", 12, 50.0, lr=1e-6, example_clip=0.5)
    values = np.concatenate([value.ravel() for value in subtract(new, start).values()])
    assert values.std() * 12 / 1e-6 == pytest.approx(50 * 0.5, rel=0.05)
    client = _client(network, "head", 12, 2.0)
    assert client.release(LocalPlan(batch_size=6)) == Release(2.0, 0.5, 2)
    assert _client(network, "head", 12).release(LocalPlan()) is None


def test_a_client_without_faces_is_refused(network: ExpressionNetwork) -> None:
    with pytest.raises(InputError, match="no labelled face"):
        NetworkPart(network, "head", "fer2013").client(np.empty((0, 128), np.float32), LABELS[:0])


@pytest.mark.parametrize("part", ["head", "block", "stage", "all"])
def test_the_accuracy_is_that_of_the_whole_network(network: ExpressionNetwork, part: Part) -> None:
    trained = NetworkPart(network, part, "fer2013")
    with torch.no_grad():
        found = network(torch.from_numpy(INPUTS))["fer2013"].argmax(1).numpy()
    values, weights = trained.values(INPUTS), trained.weights()
    assert trained.accuracy(weights, values, found) == 1.0
    head = "heads.fer2013.bias"
    always_3 = {**weights, head: np.where(np.arange(7) == 3, 1e6, 0).astype(np.float32)}
    assert trained.accuracy(always_3, values, np.full(12, 3)) == 1.0
    trained.load(weights)
