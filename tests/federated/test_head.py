"""A head's training: the closed-form gradient, its norm for each face, and the noise that is accounted."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from federated_faces import FEATURES, HEAD, LABELS, Faces

from emoar.errors import InputError
from emoar.federated.accountant import Release
from emoar.federated.head import HeadClient, probabilities
from emoar.federated.plan import LocalPlan
from emoar.federated.updates import l2_norm, subtract

ZEROS = HEAD.zeros(LABELS, FEATURES)


def _client(faces: Faces, count: int, noise: float = 0.0) -> HeadClient:
    return HeadClient(HEAD, faces.features[:count], faces.labels[:count], noise)


def test_it_learns(faces: Faces) -> None:
    weights = _client(faces, 700).train(ZEROS, LocalPlan(epochs=5), np.random.default_rng(0))
    assert HEAD.accuracy(ZEROS, faces.features, faces.labels) < 0.2
    assert HEAD.accuracy(weights, faces.features[700:], faces.labels[700:]) > 0.9
    assert probabilities(HEAD, weights, faces.features[:3]).sum(1) == pytest.approx(1)


def test_one_step_is_the_gradient_of_the_cross_entropy(faces: Faces) -> None:
    x, y = faces.features[:5].astype(np.float64), faces.labels[:5]
    start = {name: np.random.default_rng(1).normal(size=v.shape).astype(np.float32) for name, v in ZEROS.items()}

    def loss(weight: np.ndarray) -> float:
        logits = x @ weight.T + start[HEAD.bias]
        return float((np.log(np.exp(logits).sum(1)) - logits[np.arange(5), y]).mean())

    weight = start[HEAD.weight].astype(np.float64)
    numeric = np.zeros_like(weight)
    for index in np.ndindex(weight.shape):
        step = np.zeros_like(weight)
        step[index] = 1e-4
        numeric[index] = (loss(weight + step) - loss(weight - step)) / 2e-4
    plan = LocalPlan(batch_size=5, lr=1.0)
    new = _client(faces, 5).train(start, plan, np.random.default_rng(0))
    assert subtract(start, new)[HEAD.weight] == pytest.approx(numeric, abs=1e-4)


def test_no_face_moves_a_private_step_by_more_than_the_clipping_norm(faces: Faces) -> None:
    far = dataclasses.replace(faces, features=faces.features * 1000)  # gradients far above the clipping norm
    plan = LocalPlan(batch_size=8, lr=1.0, example_clip=0.5)
    with_it, without = (
        HeadClient(HEAD, far.features[:n], far.labels[:n], 1e-9).train(ZEROS, plan, np.random.default_rng(0))
        for n in (8, 7)
    )
    # all faces are in the only step, and the sums are divided by 8 and by 7
    moved = {name: 8 * with_it[name] - 7 * without[name] for name in ZEROS}
    assert l2_norm(moved) == pytest.approx(0.5, rel=1e-4)


def test_the_noise_of_a_private_step_is_what_is_accounted(faces: Faces) -> None:
    plan, rng = LocalPlan(batch_size=70, lr=1.0, example_clip=0.5), np.random.default_rng(0)
    client = _client(faces, 70, noise=4.0)
    assert client.release(plan) == Release(4.0, 1.0, 1)
    steps = np.stack([client.train(ZEROS, plan, rng)[HEAD.weight] for _ in range(200)])
    assert steps.std(0).mean() * 70 == pytest.approx(4.0 * 0.5, rel=0.03)


def test_private_batches_are_poisson_samples(faces: Faces) -> None:
    client, plan = _client(faces, 200, noise=1.0), LocalPlan(batch_size=20, epochs=50)
    batches = client._batches(plan, np.random.default_rng(0))
    sizes = np.array([len(batch) for batch, _ in batches])
    assert client.release(plan) == Release(1.0, 0.1, len(sizes)) == Release(1.0, 0.1, 500)
    assert sizes.mean() == pytest.approx(20, rel=0.05)
    assert sizes.var() == pytest.approx(200 * 0.1 * 0.9, rel=0.2)  # of a binomial distribution: no fixed size
    assert {divisor for _, divisor in batches} == {20.0}  # nor does the divisor reveal it


def test_fedprox_stays_nearer(faces: Faces) -> None:
    def distance(proximal: float) -> float:
        plan = LocalPlan(epochs=5, proximal=proximal)
        return l2_norm(subtract(_client(faces, 70).train(ZEROS, plan, np.random.default_rng(0)), ZEROS))

    assert distance(1.0) < 0.8 * distance(0.0)


def test_one_class_and_three_faces_are_enough(faces: Faces) -> None:
    only = np.flatnonzero(faces.labels == 3)[:3]
    client = HeadClient(HEAD, faces.features[only], faces.labels[only])
    new = client.train(ZEROS, LocalPlan(), np.random.default_rng(0))
    assert all(np.isfinite(value).all() for value in new.values())
    assert client.release(LocalPlan()) is None


def test_no_face_or_features_of_another_number_are_refused(faces: Faces) -> None:
    with pytest.raises(InputError, match="no labelled face"):
        _client(faces, 0)
    with pytest.raises(InputError, match=r"features must be \(4, D\)"):
        HeadClient(HEAD, faces.features[:3], faces.labels[:4])
