"""The rounds: one client's fault costs its own update; what is accounted is what is done."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from federated_faces import FEATURES, HEAD, LABELS, Faces, made_fleet

from emoar.errors import InputError
from emoar.federated.accountant import epsilon_of
from emoar.federated.ledger import Ledger
from emoar.federated.local_fleet import LocalFleet
from emoar.federated.plan import LocalPlan, Plan
from emoar.federated.rounds import Federation, Reply, RoundReport
from emoar.federated.updates import Arrays, l2_norm, subtract

ZEROS = HEAD.zeros(LABELS, FEATURES)


class BadFleet(LocalFleet):
    """Clients of which the first sends something else."""

    def __init__(self, fleet: LocalFleet, change: Any) -> None:
        super().__init__(fleet.by_name)
        self._change = change

    def train(self, number: int, weights: Arrays, plan: Plan, chosen: Sequence[str]) -> Sequence[Reply]:
        first, *others = super().train(number, weights, plan, chosen)
        return [*others, *self._change(first)]


def _replaced(value: Any) -> Any:
    return lambda reply: [Reply(reply.client, {**reply.delta, HEAD.bias: value}, reply.examples)]


FAULTS = {
    "nan": _replaced(np.full(LABELS, np.nan, np.float32)),
    "inf": _replaced(np.full(LABELS, np.inf, np.float32)),
    "huge": _replaced(np.full(LABELS, 1e9, np.float32)),
    "wrong shape": _replaced(np.zeros(3, np.float32)),
    "broadcastable shape": _replaced(np.zeros(1, np.float32)),
    "missing tensor": lambda reply: [Reply(reply.client, {HEAD.bias: reply.delta[HEAD.bias]}, 1)],
    "no examples": lambda reply: [Reply(reply.client, reply.delta, 0)],
    "own error": lambda reply: [Reply(reply.client, error="the disk is full")],
    "silence": lambda _reply: [],
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("strategy", ["fedavg", "fedmedian", "trimmed-mean", "krum", "fedadam"])
def test_a_fault_costs_that_update_and_nothing_else(faces: Faces, fault: str, strategy: Any) -> None:
    plan = Plan(rounds=2, strategy=strategy, server_lr=0.05 if strategy == "fedadam" else 1.0)
    whole = made_fleet(faces, 8)
    bad = Federation(plan, ZEROS, BadFleet(whole, FAULTS[fault]), seed=0)
    without = Federation(plan, ZEROS, BadFleet(whole, lambda _reply: []), seed=0)
    reports: list[RoundReport] = []
    bad.run(reports.append)
    without.run()
    assert [report.accepted for report in reports] == [7, 7]
    assert all(len(report.refused) == 1 for report in reports)
    for name in ZEROS:
        assert bad.weights[name] == pytest.approx(without.weights[name])


def test_a_client_that_claims_a_billion_faces_does_not_own_the_mean(faces: Faces) -> None:
    plan = Plan(rounds=1, most_examples=200)
    claims = BadFleet(made_fleet(faces, 8), lambda reply: [Reply(reply.client, reply.delta, 10**9)])
    federation = Federation(plan, ZEROS, claims, seed=0)
    (claimed,) = [claims.by_name["client 0"].train(ZEROS, plan.local, np.random.default_rng([0, 1, 0]))]
    federation.run()
    assert l2_norm(subtract(federation.weights, claimed)) > 0.3 * l2_norm(subtract(claimed, ZEROS))


def test_no_client_and_too_few_clients_keep_the_model(faces: Faces) -> None:
    nobody = Federation(Plan(rounds=1), ZEROS, LocalFleet({}), seed=0).round()
    assert (nobody.accepted, nobody.kept) == (0, "0 usable updates, 1 are needed")
    federation = Federation(Plan(rounds=1, least_clients=9), ZEROS, made_fleet(faces, 8), seed=0)
    assert federation.round().kept == "8 usable updates, 9 are needed"
    assert federation.weights is ZEROS


def test_clients_are_drawn_independently_at_the_rate(faces: Faces) -> None:
    federation = Federation(Plan(rounds=1000, rate=0.3), ZEROS, _Counted(40), seed=0)
    counts = np.array([federation.round().chosen for _ in range(300)])
    assert counts.mean() == pytest.approx(12, rel=0.05)
    assert counts.var() == pytest.approx(40 * 0.3 * 0.7, rel=0.25)


class _Counted(LocalFleet):
    """Clients that answer nothing."""

    def __init__(self, count: int) -> None:
        super().__init__({})
        self._names = [str(index) for index in range(count)]

    def clients(self) -> Sequence[str]:
        return self._names

    def train(self, number: int, weights: Arrays, plan: Plan, chosen: Sequence[str]) -> Sequence[Reply]:
        return []


def _private(noise: float = 1.0, rounds: int = 3, clients: int = 40, rate: float = 0.5) -> Plan:
    return Plan(rounds=rounds, noise=noise, clients=clients, rate=rate, local=LocalPlan(clip_norm=0.4))


def test_client_level_privacy_spends_before_the_model_changes_and_refuses_past_the_budget(
    faces: Faces, tmp_path: Path
) -> None:
    ledger = Ledger(tmp_path / "ledger.json", "client", 6.0, 1e-5)
    federation = Federation(_private(rounds=100), ZEROS, made_fleet(faces, 40), ledger, seed=0)
    reports: list[RoundReport] = []
    with pytest.raises(InputError, match="budget is spent"):
        federation.run(reports.append)
    entries = ledger.state().entries
    assert len(entries) == len(reports) == federation.done > 1
    assert reports[-1].epsilon == epsilon_of([entry.release for entry in entries], 1e-5) <= 6
    assert {(entry.release.noise, entry.release.rate) for entry in entries} == {(1.0, 0.5)}


def test_without_a_ledger_there_is_no_private_federation(faces: Faces) -> None:
    with pytest.raises(InputError, match="needs a ledger"):
        Federation(_private(), ZEROS, made_fleet(faces, 4))


def test_the_noise_of_the_sum_is_what_is_accounted(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.json", "client", math.inf, 1e-5)
    plan = _private(noise=2.0, rounds=200, clients=40, rate=0.5)
    federation = Federation(plan, ZEROS, _Counted(40), ledger, seed=0)
    steps = []
    for _ in range(60):
        before = federation.weights
        federation.round()
        steps.append(subtract(federation.weights, before)[HEAD.weight])
    # nobody answers: the step is the noise alone, divided by the expected number of clients
    assert np.std(steps) * 0.5 * 40 == pytest.approx(2.0 * 0.4, rel=0.05)


def test_a_single_client_moves_the_sum_by_the_clipping_norm_at_most(faces: Faces, tmp_path: Path) -> None:
    def model(fleet: LocalFleet, name: str) -> Arrays:
        ledger = Ledger(tmp_path / name, "client", math.inf, 1e-5)
        plan = Plan(rounds=1, noise=1e-9, clients=8, largest_norm=1e9, local=LocalPlan(clip_norm=0.4))
        return Federation(plan, ZEROS, fleet, ledger, seed=0).run()

    def stubborn(reply: Reply) -> list[Reply]:  # a client that ignores that it has to clip
        return [Reply(reply.client, {name: 1e5 * np.ones_like(value) for name, value in reply.delta.items()}, 5)]

    whole = made_fleet(faces, 8)
    attacked = model(BadFleet(whole, stubborn), "attacked")
    without = model(BadFleet(whole, lambda _reply: []), "without")
    assert l2_norm(subtract(attacked, without)) * 8 == pytest.approx(0.4, rel=1e-3)


def test_a_private_federation_of_many_clients_learns(faces: Faces, tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.json", "client", math.inf, 1e-5)
    federation = Federation(_private(rounds=10, clients=200), ZEROS, made_fleet(faces, 200), ledger, seed=0)
    assert HEAD.accuracy(federation.run(), faces.features, faces.labels) > 0.7


def test_the_seed_decides(faces: Faces) -> None:
    one, again, other = (
        Federation(Plan(rounds=2, rate=0.5), ZEROS, made_fleet(faces, 8), seed=s).run() for s in (1, 1, 2)
    )
    assert one[HEAD.bias].tolist() == again[HEAD.bias].tolist() != other[HEAD.bias].tolist()
