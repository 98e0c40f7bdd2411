"""Membership inference: how well the loss of a face tells whether a model was trained on it."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.federated.head import Head, HeadClient, probabilities
from emoar.federated.plan import LocalPlan, Plan
from emoar.federated.simulation.simulate import example_noise

__all__ = ["auc", "memorised_auc"]

_FACES: Final = 120  # that the model is trained on, and as many others
_FEATURES: Final = 200  # more than faces: each can be memorised
_HEAD: Final = Head("fer2013")


def auc(members: NDArray[np.float64], others: NDArray[np.float64]) -> float:
    """The probability that a member has the higher score; 0.5 is chance.

    Args:
        members: (N,) scores of faces that the model was trained on, such as the probability of their label.
        others: (M,) scores of others.
    """
    ordered = np.sort(others)
    below, equal_too = (np.searchsorted(ordered, members, side) for side in ("left", "right"))
    return float((below + equal_too).mean() / (2 * len(others)))


def memorised_auc(epsilon: float) -> float:
    """The worst case: a head that can only memorise, since labels are random. Example-level epsilon; 0 is none."""
    rng = np.random.default_rng(0)
    features = rng.normal(size=(2 * _FACES, _FEATURES)).astype(np.float32)
    labels = rng.integers(0, 7, 2 * _FACES)
    plan = Plan(rounds=1, local=LocalPlan(epochs=30, batch_size=40, lr=0.1, example_clip=1.0))
    noise = example_noise(epsilon, plan, _FACES) if epsilon else 0.0
    client = HeadClient(_HEAD, features[:_FACES], labels[:_FACES], noise)
    weights = client.train(_HEAD.zeros(7, _FEATURES), plan.local, np.random.default_rng(1))
    score = probabilities(_HEAD, weights, features)[np.arange(2 * _FACES), labels]
    return auc(score[:_FACES], score[_FACES:])
