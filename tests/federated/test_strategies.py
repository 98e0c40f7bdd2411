"""Every strategy improves the same head; none is ended by updates that it cannot use."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.errors import InputError
from emoar.federated.plan import LocalPlan, Plan
from emoar.federated.strategies import Aggregator
from emoar.federated.updates import Update

WEIGHTS = {"weight": np.ones((2, 3), np.float32), "bias": np.zeros(2, np.float32)}
PROX = LocalPlan(proximal=0.1)


def _updates(*values: float) -> list[Update]:
    return [Update({name: np.full_like(w, value) for name, w in WEIGHTS.items()}, 10) for value in values]


@pytest.mark.parametrize(
    ("plan", "values", "expected"),
    [
        (Plan(), (1, 2, 6), 3),
        (Plan(strategy="fedprox", local=PROX), (1, 2, 6), 3),
        (Plan(strategy="fedmedian"), (1, 2, 6), 2),
        (Plan(strategy="trimmed-mean", trim=0.2), (0, 2, 3, 4, 100), 3),
        (Plan(strategy="krum"), (2, 2, 2, 2, 9), 2),
        (Plan(server_lr=0.5), (2, 2), 1),
    ],
    ids=lambda value: value.strategy if isinstance(value, Plan) else "",
)
def test_what_each_strategy_computes(plan: Plan, values: tuple[float, ...], expected: float) -> None:
    new = Aggregator(plan).aggregate(1, WEIGHTS, _updates(*values))
    assert new["bias"] == pytest.approx(np.full(2, expected))
    assert new["weight"] == pytest.approx(np.full((2, 3), 1 + expected))
    assert {value.dtype for value in new.values()} == {np.dtype(np.float32)}


def test_more_examples_weigh_more() -> None:
    one, two = _updates(0, 4)
    new = Aggregator(Plan()).aggregate(1, WEIGHTS, [one, Update(two.delta, 30)])
    assert new["bias"] == pytest.approx(np.full(2, 3))


def test_fedadam_continues_with_its_moments() -> None:
    plan = Plan(strategy="fedadam", server_lr=0.1)
    whole, half = Aggregator(plan), Aggregator(plan)
    weights = WEIGHTS
    for number in (1, 2):
        weights = whole.aggregate(number, weights, _updates(1, 3))
    first = half.aggregate(1, WEIGHTS, _updates(1, 3))
    restarted = Aggregator(plan)
    restarted.restore(half.state)
    assert restarted.aggregate(2, first, _updates(1, 3))["bias"] == pytest.approx(weights["bias"])
    forgetful = Aggregator(plan).aggregate(2, first, _updates(1, 3))
    assert forgetful["bias"] != pytest.approx(weights["bias"])
    assert Aggregator(Plan()).state == {}


def test_a_strategy_that_cannot_use_the_updates_is_one_line() -> None:
    with pytest.raises(InputError, match="fedavg cannot combine 1 updates"):
        Aggregator(Plan()).aggregate(1, WEIGHTS, [Update({"weight": np.ones(1)}, 1)])
