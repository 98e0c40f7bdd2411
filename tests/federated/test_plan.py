"""Settings that cannot work are refused before anyone trains."""

from __future__ import annotations

from typing import Any

import pytest

from emoar.errors import InputError
from emoar.federated.plan import LocalPlan, Plan

PRIVATE: dict[str, Any] = {"noise": 1.0, "clients": 10, "local": LocalPlan(clip_norm=0.3)}


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
