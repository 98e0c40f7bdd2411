"""The rounds: one client's fault costs its own update; what is accounted is what is done."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from federated_faces import FEATURES, HEAD, LABELS, Faces, made_fleet

import emoar.files
from emoar.errors import InputError, OutputError
from emoar.federated.accountant import Release, epsilon_of
from emoar.federated.ledger import Ledger
from emoar.federated.local_fleet import LocalFleet
from emoar.federated.plan import LocalPlan, Plan
from emoar.federated.rounds import Federation, Reply, RoundReport
from emoar.federated.secure_aggregation.fixed_point import encode
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


def _secure(**others: Any) -> Plan:
    return Plan(**{"rounds": 2, "secure": True, "least_clients": 3, "local": LocalPlan(clip_norm=0.4)} | others)


@pytest.mark.parametrize("strategy", ["fedavg", "fedprox", "fedadam"])
def test_secure_aggregation_gives_the_model_that_single_updates_give(faces: Faces, strategy: Any) -> None:
    local = LocalPlan(clip_norm=0.4, proximal=0.01 if strategy == "fedprox" else 0.0)
    step = 0.05 if strategy == "fedadam" else 1.0
    weights = [
        Federation(_secure(secure=secure, strategy=strategy, local=local, server_lr=step), ZEROS, fleet, seed=0).run()
        for secure, fleet in ((True, made_fleet(faces, 8)), (False, made_fleet(faces, 8)))
    ]
    for name in ZEROS:
        assert weights[0][name] == pytest.approx(weights[1][name], abs=1e-6)


class LosingFleet(LocalFleet):
    """Clients of which some answer nothing from a stage on."""

    def __init__(self, fleet: LocalFleet, stage: int, victims: int) -> None:
        super().__init__(fleet.by_name)
        self._stage, self._victims, self._asked = stage, victims, 0

    def exchange(self, number: int, weights: Arrays | None, plan: Plan, questions: Mapping[str, bytes]) -> Any:
        gone = list(self.by_name)[: self._victims] if self._asked >= self._stage else []
        self._asked += 1
        return super().exchange(number, weights, plan, {k: v for k, v in questions.items() if k not in gone})


@pytest.mark.parametrize("stage", range(4))
def test_a_client_lost_in_a_secure_round_is_reported_and_left_out(faces: Faces, stage: int) -> None:
    federation = Federation(_secure(), ZEROS, LosingFleet(made_fleet(faces, 8), stage, 1), seed=0)
    report = federation.round()
    assert report.accepted == (8 if stage == 3 else 7)
    assert len(report.refused) == 1
    assert not report.kept
    expected = Federation(_secure(), ZEROS, made_fleet(faces, 8), seed=0)
    if stage < 3:
        expected = Federation(_secure(secure=False), ZEROS, BadFleet(made_fleet(faces, 8), lambda _reply: []), seed=0)
    expected.round()
    assert federation.weights[HEAD.weight] == pytest.approx(expected.weights[HEAD.weight], abs=1e-6)


@pytest.mark.parametrize("stage", range(4))
def test_too_many_lost_clients_keep_the_model_and_the_next_round_works(faces: Faces, stage: int) -> None:
    fleet = LosingFleet(made_fleet(faces, 8), stage, 6)
    federation = Federation(_secure(), ZEROS, fleet, seed=0)
    report = federation.round()
    assert (report.accepted, federation.weights) == (0, ZEROS)
    assert report.kept
    fleet._victims = 0
    assert federation.round().accepted == 8


def test_a_private_secure_sum_is_paid_for_as_what_the_server_sees(faces: Faces, tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.json", "client", 20.0, 1e-5)
    plan = _secure(noise=2.0, clients=16, rate=0.5, least_clients=3, rounds=3)
    federation = Federation(plan, ZEROS, made_fleet(faces, 16), ledger, seed=0)
    reports: list[RoundReport] = []
    federation.run(reports.append)
    # towards the server, being drawn hides nobody: it asks those who were drawn
    assert {(entry.release.noise, entry.release.rate) for entry in ledger.state().entries} == {(2.0, 1.0)}
    assert reports[-1].epsilon == pytest.approx(epsilon_of([Release(2.0, 1.0, 3)], 1e-5))


@pytest.mark.parametrize("stage", [0, 1, 2])
def test_a_sum_that_never_was_costs_nothing(faces: Faces, tmp_path: Path, stage: int) -> None:
    ledger = Ledger(tmp_path / "ledger.json", "client", 20.0, 1e-5)
    plan = _secure(noise=2.0, clients=8)
    report = Federation(plan, ZEROS, LosingFleet(made_fleet(faces, 8), stage, 6), ledger, seed=0).round()
    assert (report.accepted, report.epsilon) == (0, None)
    assert not ledger.state().entries


def test_a_ledger_that_cannot_be_written_leaves_the_sum_masked(
    faces: Faces, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    ledger = Ledger(tmp_path / "ledger.json", "client", 20.0, 1e-5)
    fleet = LosingFleet(made_fleet(faces, 8), 0, 0)
    federation = Federation(_secure(noise=2.0, clients=8), ZEROS, fleet, ledger, seed=0)
    monkeypatch.setattr(emoar.files.os, "fsync", full)
    with pytest.raises(OutputError, match="the disk is full"):
        federation.round()
    assert fleet._asked == 3  # nobody was asked to unmask
    assert federation.weights is ZEROS


def test_the_noise_of_the_fewest_clients_is_what_is_accounted(tmp_path: Path) -> None:
    still = _Still(8)
    ledger = Ledger(tmp_path / "ledger.json", "client", math.inf, 1e-5)
    plan = _secure(noise=2.0, clients=8, least_clients=5, rounds=60)
    fleet = LosingFleet(still, 2, 3)  # five clients remain
    federation = Federation(plan, ZEROS, fleet, ledger, seed=0)
    steps = []
    for _ in range(60):
        fleet._asked, before = 0, federation.weights
        assert federation.round().accepted == 5
        steps.append(subtract(federation.weights, before)[HEAD.weight])
    assert np.std(steps) * 8 == pytest.approx(2.0 * 0.4, rel=0.05)


class _Still(LocalFleet):
    """Clients that learn nothing."""

    def __init__(self, count: int) -> None:
        super().__init__({str(index): _StillClient() for index in range(count)})


class _StillClient:
    examples = 5

    def release(self, plan: LocalPlan) -> None: ...

    def train(self, weights: Arrays, plan: LocalPlan, rng: np.random.Generator) -> Arrays:
        return weights


@pytest.mark.parametrize(
    ("factor", "weight", "kept"),
    [(1e4, 5, "the sum has norm"), (1, 10**7, "the clients claim"), (1, -(10**6), "the clients claim")],
)
def test_a_client_that_cheats_under_its_mask_costs_the_round_and_not_the_model(
    faces: Faces, monkeypatch: pytest.MonkeyPatch, factor: float, weight: int, kept: str
) -> None:
    fleet = made_fleet(faces, 5)

    def encoded(delta: Arrays, examples: int, plan: Plan, rng: Any) -> Any:
        if examples == fleet.by_name["client 0"].examples:
            return encode({name: value * np.float32(factor) for name, value in delta.items()}, weight, 0.0, rng)
        return encode(delta, examples, 0.0, rng)

    monkeypatch.setattr("emoar.federated.local_fleet.encoded_update", encoded)
    federation = Federation(_secure(), ZEROS, fleet, seed=0)
    report = federation.round()
    assert kept in report.kept
    assert federation.weights is ZEROS


def test_a_client_with_an_error_is_named_in_a_secure_round(faces: Faces) -> None:
    fleet = made_fleet(faces, 5)
    fleet.by_name = {**fleet.by_name, "client 1": _Broken()}
    report = Federation(_secure(), ZEROS, fleet, seed=0).round()
    assert report.accepted == 4
    assert report.refused == ("client 1: the camera is gone",)


class _Broken(_StillClient):
    def train(self, weights: Arrays, plan: LocalPlan, rng: np.random.Generator) -> Arrays:
        raise InputError("the camera is gone")
