"""The evidence of `emoar.models.decision`, of many faces at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from emoar.models.decision import SMALLEST

__all__ = ["confidence_features", "mixed"]

Floats = NDArray[np.float64]


def mixed(probabilities: Floats, others: Floats, places: NDArray[np.int64], weight: float) -> Floats:
    """(N, L) probabilities with a share of another head's for the labels that both sets have.

    Args:
        probabilities: (N, L) of the set's own head.
        others: (N, M) of the other head.
        places: (K, 2) places of the shared labels in the two.
        weight: of the other head, 0..1.
    """
    own, other = places.T
    shared, theirs = probabilities[:, own], others[:, other]
    of_both = shared.sum(axis=1, keepdims=True) / np.maximum(theirs.sum(axis=1, keepdims=True), SMALLEST)
    result = probabilities.copy()
    result[:, own] = (1 - weight) * shared + weight * theirs * of_both
    return result


def confidence_features(evidence: Floats, label: NDArray[np.int64]) -> Floats:
    """(N, 3) what the confidence in a label is computed from: 1, its log-odds, and the entropy in nats.

    Args:
        evidence: (N, L).
        label: (N,) places of the labels.
    """
    evidence = np.maximum(evidence, SMALLEST)
    chosen = evidence[np.arange(len(label)), label]
    log_odds = np.log(chosen / np.maximum(1 - chosen, SMALLEST))
    return np.stack([np.ones_like(log_odds), log_odds, -(evidence * np.log(evidence)).sum(axis=1)], axis=1)
