"""What the browser accounts and computes, against dp-accounting and Python's client; the browser's tests have them too.

python tests/federated/gateway/test_privacy.py     # writes the golden file
"""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

from emoar.federated.accountant import Release, epsilon_of
from emoar.federated.gateway.privacy import DELTA, EPSILON
from emoar.federated.head import Head, HeadClient
from emoar.federated.plan import LocalPlan

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "golden" / "federated" / "updates.json"
SPENDING = [(noise, updates) for noise in (0.5, 1.4, 2.44, 4.0, 20.0) for updates in (1, 3, 50)]
PHI = NormalDist().cdf


def exact_epsilon(noise: float, updates: int) -> float:
    """The least epsilon of the Gaussian mechanism (Balle and Wang, 2018), for updates that differ by twice the norm."""
    mu = 2 * math.sqrt(updates) / noise  # distance in standard deviations

    def delta(epsilon: float) -> float:
        second = PHI(-mu / 2 - epsilon / mu)
        scaled = math.exp(epsilon + math.log(second)) if second > 0 else 0.0
        return PHI(mu / 2 - epsilon / mu) - scaled

    low, high = 0.0, 10_000.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if delta(middle) > DELTA else (low, middle)
    return high


def computed() -> dict[str, Any]:
    """The content of the golden file."""
    spending = [
        {
            "noise": noise,
            "updates": updates,
            "exact": exact_epsilon(noise, updates),
            "accounted": epsilon_of([Release(noise / 2, 1.0, updates)], DELTA),
        }
        for noise, updates in SPENDING
    ]
    rng = np.random.default_rng(3)
    head, plan = Head("fer2013"), LocalPlan(epochs=5, batch_size=100, lr=0.2)
    labels = np.repeat([0, 3, 6], 5)
    features = np.abs(rng.normal(size=(15, 6))).astype(np.float32)
    weights = {head.weight: rng.normal(0, 0.3, (7, 6)).astype(np.float32), head.bias: np.zeros(7, np.float32)}
    new = HeadClient(head, features, labels).train(weights, plan, rng)
    training = {
        "lr": plan.lr,
        "epochs": plan.epochs,
        "labels": labels.tolist(),
        "features": features.tolist(),
        "weights": weights[head.weight].tolist(),
        "bias": weights[head.bias].tolist(),
        "trained_weights": new[head.weight].tolist(),
        "trained_bias": new[head.bias].tolist(),
    }
    return {"delta": DELTA, "epsilon": EPSILON, "spending": spending, "training": training}


def test_the_golden_file_is_what_is_computed() -> None:
    golden, now = json.loads(GOLDEN.read_text()), computed()
    assert golden.keys() == now.keys()
    for stored, found in zip(golden["spending"], now["spending"], strict=True):
        assert stored == pytest.approx(found, rel=1e-6)
    for name in now["training"]:
        assert np.allclose(golden["training"][name], now["training"][name], atol=1e-6), name


def test_the_accountant_is_an_upper_bound_of_the_exact_epsilon() -> None:
    for row in computed()["spending"]:
        if row["exact"] > 100:
            continue  # its whole orders of divergence are too large for so much
        assert row["exact"] <= row["accounted"] <= 1.3 * row["exact"] + 0.05, row


def test_the_browser_has_the_same_budget() -> None:
    source = (ROOT / "web" / "src" / "federated" / "privacy.ts").read_text()
    found = dict(re.findall(r"export const (EPSILON|DELTA) = ([0-9e.-]+);", source))
    assert {name: float(value) for name, value in found.items()} == {"EPSILON": EPSILON, "DELTA": DELTA}


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(computed(), indent=1) + "\n")
