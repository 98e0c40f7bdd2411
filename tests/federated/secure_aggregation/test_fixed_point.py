"""Sums of encoded updates are the sums of the updates; what cannot be encoded is not sent."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.errors import InputError
from emoar.federated.secure_aggregation.fixed_point import LARGEST_SUM, decode, encode, length

RNG = np.random.default_rng(0)
LIKE = {"b": np.zeros(3, np.float32), "a": np.zeros((2, 4), np.float32)}


def _delta(seed: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {name: rng.normal(size=value.shape).astype(np.float32) for name, value in LIKE.items()}


def test_a_sum_of_vectors_is_the_weighted_sum() -> None:
    deltas, weights = [_delta(seed) for seed in range(5)], [1, 1000, 7, 3, 30]
    vectors = [encode(delta, weight, 0.0, RNG) for delta, weight in zip(deltas, weights, strict=True)]
    assert all(len(vector) == length(LIKE) == 12 for vector in vectors)
    tensors, weight = decode(np.sum(vectors, axis=0, dtype=np.uint64), LIKE)
    assert weight == sum(weights)
    for name in LIKE:
        expected = sum(w * delta[name].astype(np.float64) for w, delta in zip(weights, deltas, strict=True))
        assert tensors[name] == pytest.approx(expected, abs=1e-8)


def test_noise_has_the_deviation_and_leaves_the_weight_alone() -> None:
    like = {"a": np.zeros(100_000, np.float32)}
    tensors, weight = decode(encode(like, 1, 0.25, np.random.default_rng(1)), like)
    assert weight == 1
    assert tensors["a"].std() == pytest.approx(0.25, rel=0.02)
    assert tensors["a"].mean() == pytest.approx(0, abs=0.005)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1.1 * LARGEST_SUM])
def test_values_that_would_spoil_a_sum_are_not_encoded(value: float) -> None:
    with pytest.raises(InputError, match="nothing is sent"):
        encode({"a": np.array([1, value], np.float32)}, 1, 0.0, RNG)
