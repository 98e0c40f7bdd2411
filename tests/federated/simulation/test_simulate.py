"""Simulations: what is reported as spent is what the clients' noise gives."""

from __future__ import annotations

import numpy as np
import pytest
from federated_faces import FEATURES, HEAD, LABELS, made_faces

from emoar.errors import InputError
from emoar.federated.accountant import noise_for
from emoar.federated.partition import iid
from emoar.federated.plan import LocalPlan, Plan
from emoar.federated.simulation.faces import Simulation
from emoar.federated.simulation.simulate import example_noise, simulate

ZEROS = HEAD.zeros(LABELS, FEATURES)
TRAINED, TEST = made_faces(), made_faces(700, seed=1)
FACES = Simulation(HEAD, TRAINED.features, TRAINED.labels, TEST.features, TEST.labels)
PLACES = iid(TRAINED.labels, 10)


def test_without_privacy() -> None:
    result = simulate(FACES, ZEROS, PLACES, Plan(rounds=3))
    assert result.accuracies[0] < 0.2
    assert result.accuracies[-1] > 0.9
    assert (len(result.accuracies), len(result.reports), result.privacy) == (4, 3, None)


def test_example_level_budgets_are_kept_by_every_client_and_used() -> None:
    result = simulate(FACES, ZEROS, PLACES, Plan(rounds=3), example_epsilon=4.0)
    assert result.privacy is not None
    assert result.privacy.unit == "example"
    assert 3.9 < result.privacy.epsilon <= 4.0
    assert 0.5 < result.accuracies[-1] < 1


def test_client_level_budget() -> None:
    noise = noise_for(8.0, 1e-5, 1.0, 3)
    plan = Plan(rounds=3, noise=noise, clients=10, local=LocalPlan(clip_norm=0.3))
    result = simulate(FACES, ZEROS, PLACES, plan)
    assert result.privacy is not None
    assert result.privacy.unit == "client"
    assert 7.8 < result.privacy.epsilon <= 8.0


def test_the_seed_decides() -> None:
    one, again, other = (simulate(FACES, ZEROS, PLACES, Plan(rounds=1), seed=seed) for seed in (0, 0, 1))
    assert np.array_equal(one.weights[HEAD.weight], again.weights[HEAD.weight])
    assert not np.array_equal(one.weights[HEAD.weight], other.weights[HEAD.weight])


@pytest.mark.parametrize("examples", [1, 14, 286])
def test_the_noise_of_a_client_depends_on_its_number_of_faces(examples: int) -> None:
    plan = Plan(rounds=5)
    rate, steps = plan.local.sampling(examples)
    assert example_noise(8.0, plan, examples) == noise_for(8.0, 1e-5, rate, 5 * steps)


def test_an_unknown_engine_is_named() -> None:
    with pytest.raises(InputError, match=r"one of local, ray, got 'spark'"):
        simulate(FACES, ZEROS, PLACES, Plan(rounds=1), engine="spark")
