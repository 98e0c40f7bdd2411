"""Settings that cannot work are refused before anyone trains."""

from __future__ import annotations

from typing import Any

import pytest

from emoar.errors import InputError
from emoar.federated.plan import LocalPlan, Plan, fewest_clients

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
