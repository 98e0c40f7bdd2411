"""Statistics of batch normalisation, computed anew from unchanged faces."""

from __future__ import annotations

import numpy as np
import pytest
from training_faces import farthest_statistics, made_dataset

torch = pytest.importorskip("torch")

from emoar.training.networks.architectures import build  # noqa: E402
from emoar.training.networks.recompute_batchnorm import Normalisation, recompute_batchnorm  # noqa: E402


def normalisations(network: torch.nn.Module) -> list[Normalisation]:
    return [module for module in network.modules() if isinstance(module, Normalisation)]


def test_the_statistics_become_those_of_the_faces() -> None:
    faces = made_dataset(512).images
    network = build("emoar-s").train()
    before = {name: value.clone() for name, value in network.named_parameters()}
    momenta = [module.momentum for module in normalisations(network)]
    recompute_batchnorm(network, faces, normalisations(network))
    assert max(farthest_statistics(network, faces).values()) < 0.05
    assert all(torch.equal(value, before[name]) for name, value in network.named_parameters())
    assert [module.momentum for module in normalisations(network)] == momenta
    assert not network.training


def test_other_normalisations_keep_theirs() -> None:
    network = build("emoar-s")
    first, *others = normalisations(network)
    kept = [module.running_mean.clone() for module in others]
    recompute_batchnorm(network, made_dataset(64).images, [first])
    assert float(first.running_mean.abs().max()) > 0
    assert all(torch.equal(module.running_mean, value) for module, value in zip(others, kept, strict=True))


def test_landmarks_and_fewer_faces_than_a_batch() -> None:
    network = build("emoar-mesh")
    network.basis.normal_()
    rng = np.random.default_rng(0)
    recompute_batchnorm(network, rng.uniform(0, 48, (20, 468, 3)).astype(np.float32), normalisations(network))
    assert all(float(module.running_mean.abs().max()) > 0 for module in normalisations(network))
