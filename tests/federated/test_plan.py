"""Settings that cannot work are refused before anyone trains."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from emoar.errors import InputError
from emoar.federated.plan import LocalPlan, Plan, fewest_clients, quiet_clip

PRIVATE: dict[str, Any] = {"noise": 1.0, "clients": 10, "local": LocalPlan(clip_norm=0.3)}

SECURE: dict[str, Any] = {"secure": True, "least_clients": 4, "local": LocalPlan(clip_norm=0.3)}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"rounds": 0}, "rounds"),
        ({"rate": 0}, "rate"),
        ({"rate": 1.5}, "rate"),
        ({"strategy": "mean"}, "strategy"),
        ({"part": "tail"}, "part"),
        ({"strategy": "fedprox"}, "fedprox needs local.proximal"),
        ({**PRIVATE, "strategy": "krum"}, "krum compares single updates"),
        ({**PRIVATE, "strategy": "fedmedian"}, "fedmedian compares single updates"),
        ({**PRIVATE, "local": LocalPlan()}, "needs local.clip_norm"),
        ({**PRIVATE, "clients": 0}, "expected number of clients"),
        (
            {**SECURE, "strategy": "trimmed-mean"},
            "trimmed-mean compares single updates, which secure aggregation hides",
        ),
        ({**SECURE, "local": LocalPlan()}, "secure aggregation needs local.clip_norm"),
        ({**SECURE, "least_clients": 2}, "of two clients, each knows"),
    ],
)
def test_settings_that_cannot_work(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Plan(**settings)


def test_a_private_plan_is_accepted() -> None:
    assert Plan(**PRIVATE).noise == 1


@pytest.mark.parametrize(("examples", "rate", "steps"), [(320, 0.1, 10), (32, 1.0, 1), (5, 1.0, 1)])
def test_sampling_of_one_round(examples: int, rate: float, steps: int) -> None:
    assert LocalPlan(batch_size=32).sampling(examples) == (rate, steps)


def test_the_clip_is_the_usual_one_where_many_share_the_noise() -> None:
    assert quiet_clip(noise=1.0, rate=0.1, clients=1000, rounds=10, parameters=903) == 0.3


@pytest.mark.parametrize("clients", [5, 10, 20])
def test_with_few_clients_the_noise_in_the_model_has_norm_1(clients: int) -> None:
    noise, rate, rounds, parameters = 12.0, 0.5, 10, 903
    clip = quiet_clip(noise, rate, clients, rounds, parameters)
    deviation = noise * clip / (rate * clients)  # of one parameter in one round
    assert clip < 0.3
    drawn = np.random.default_rng(0).normal(0, deviation, (rounds, parameters)).sum(axis=0)
    assert np.linalg.norm(drawn) == pytest.approx(1.0, rel=0.1)


def test_a_plan_is_clipped_by_its_noise_or_by_a_given_norm() -> None:
    plan = Plan(**PRIVATE, rate=0.5)
    assert plan.clipped(903).local.clip_norm == quiet_clip(1.0, 0.5, 10, plan.rounds, 903) < 0.3
    given = replace(plan, local=LocalPlan(clip_norm=0.2))
    assert plan.clipped(903, 0.2) == given
    assert Plan().clipped(903, 0.2) == Plan()  # without noise there is nothing to clip for


def test_the_noise_of_the_fewest_clients_adds_up_to_that_of_the_sum() -> None:
    secure = Plan(**SECURE, noise=2.0, clients=6, rate=0.5)
    assert secure.member_deviation * 4**0.5 == pytest.approx(2.0 * 0.3)
    assert (secure.accounted_rate, Plan(**PRIVATE, rate=0.5).accounted_rate) == (1.0, 0.5)
    assert Plan(**PRIVATE).member_deviation == 0  # the server adds the noise


@pytest.mark.parametrize(
    ("expected", "private", "secure", "fewest"),
    [(30, True, True, 20), (4, True, True, 3), (30, False, True, 3), (30, True, False, 2), (0, False, False, 2)],
)
def test_the_fewest_clients_of_a_sum(expected: float, private: bool, secure: bool, fewest: int) -> None:
    assert fewest_clients(expected, private=private, secure=secure, otherwise=2) == fewest
