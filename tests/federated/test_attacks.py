"""What an attacker gets: from a plain update the face, from protected ones nothing; membership beside epsilon."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from benchmarks._federated_attack import auc, memorised_auc
from numpy.typing import NDArray

from emoar.federated.head import Head, HeadClient
from emoar.federated.ledger import Ledger
from emoar.federated.local_fleet import LocalFleet
from emoar.federated.plan import LocalPlan, Plan
from emoar.federated.rounds import Federation
from emoar.federated.updates import Arrays, subtract

SIDE = 24
HEAD = Head("fer2013")
ZEROS = HEAD.zeros(7, SIDE * SIDE)


def _drawn_face(seed: int) -> NDArray[np.float32]:
    """(576,) a drawn face: an oval, two eyes and a mouth, in 0..1. No picture of a person."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[-1 : 1 : SIDE * 1j, -1 : 1 : SIDE * 1j]
    shift, curve, gap = rng.uniform(-0.15, 0.15), rng.uniform(-0.4, 0.4), rng.uniform(0.25, 0.45)
    face = 0.7 * ((x - shift) ** 2 + (y / 1.2) ** 2 < 0.8)
    for side in (-gap, gap):
        face = np.where((x - shift - side) ** 2 + (y + 0.3) ** 2 < 0.02, 0.05, face)
    face = np.where(np.abs(y - 0.4 - curve * (x - shift) ** 2) < 0.07 * (np.abs(x - shift) < 0.4), 0.2, face)
    return (face + rng.normal(0, 0.02, face.shape)).astype(np.float32).ravel()


def _client(seed: int) -> HeadClient:
    return HeadClient(HEAD, _drawn_face(seed)[None], np.array([seed % 7]))


def _reconstruction(update: Arrays) -> NDArray[np.float32]:
    """The input of a linear layer is the gradient of its weight divided by that of its bias."""
    label = int(np.abs(update[HEAD.bias]).argmax())
    return update[HEAD.weight][label] / update[HEAD.bias][label]


def _likeness(face: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """The correlation of the pixels, without what all drawn faces have in common."""
    common = np.mean([_drawn_face(seed) for seed in range(1000, 1040)], axis=0)
    return float(np.corrcoef(face - common, other - common)[0, 1])


def _update(clients: int, plan: Plan, folder: Path) -> Arrays:
    fleet = LocalFleet({str(seed): _client(seed) for seed in range(clients)})
    ledger = Ledger(folder / "ledger.json", "client", math.inf, plan.delta) if plan.noise else None
    return subtract(Federation(plan, ZEROS, fleet, ledger, seed=0).run(), ZEROS)


def test_a_plain_update_of_one_face_is_the_face(tmp_path: Path) -> None:
    stolen = _reconstruction(_update(1, Plan(rounds=1), tmp_path))
    assert _likeness(stolen, _drawn_face(0)) > 0.99
    assert stolen == pytest.approx(_drawn_face(0), abs=1e-3)


def test_clipping_noise_and_a_sum_over_clients_hide_it(tmp_path: Path) -> None:
    local = LocalPlan(clip_norm=0.3)
    stolen = _reconstruction(_update(20, Plan(rounds=1, noise=1.0, clients=20, local=local), tmp_path))
    assert max(abs(_likeness(stolen, _drawn_face(seed))) for seed in range(20)) < 0.3


def test_a_clients_own_noise_hides_it_from_the_server() -> None:
    own = HeadClient(HEAD, _drawn_face(0)[None], np.array([0]), noise=1.0)
    delta = subtract(own.train(ZEROS, LocalPlan(), np.random.default_rng(0)), ZEROS)
    assert abs(_likeness(_reconstruction(delta), _drawn_face(0))) < 0.3


def test_the_auc_is_the_probability_of_a_higher_score() -> None:
    assert auc(np.array([2.0, 3.0]), np.array([0.0, 1.0])) == 1
    assert auc(np.array([1.0, 3.0]), np.array([1.0, 2.0])) == pytest.approx((0.5 + 0 + 1 + 1) / 4)


def test_membership_beside_epsilon() -> None:
    aucs = {epsilon: memorised_auc(epsilon) for epsilon in (0.0, 8.0, 1.0)}
    assert aucs[0.0] > 0.95  # no privacy
    assert aucs[8.0] < 0.9
    assert 0.4 < aucs[1.0] < 0.65
    assert aucs[1.0] < aucs[8.0] < aucs[0.0]
