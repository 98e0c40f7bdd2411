"""Updates as vectors of whole numbers modulo 2**64, in which masks cancel exactly."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import InputError
from emoar.federated.updates import Arrays

__all__ = ["LARGEST_SUM", "Vector", "decode", "encode", "length"]

Vector = NDArray[np.uint64]

_ONE: Final = 2.0**32  # what 1.0 is encoded as
LARGEST_SUM: Final = 2.0**30  # absolute value of any sum; half of what 64 bits hold is kept free


def length(like: Arrays) -> int:
    """The number of values of a vector for such tensors, with the weight at its end."""
    return sum(value.size for value in like.values()) + 1


def encode(delta: Arrays, weight: int, deviation: float, rng: np.random.Generator) -> Vector:
    """The vector of an update.

    Args:
        delta: tensor name -> float32 values; their order is that of the names.
        weight: by which the update counts in the mean.
        deviation: standard deviation of the Gaussian noise that this client adds to each value; 0 is off.
        rng: of the noise.

    Returns:
        (N + 1,) the weighted values with noise, then the weight.

    Raises:
        InputError: a value is not finite, or too large.
    """
    values = np.concatenate([delta[name].ravel() for name in sorted(delta)]).astype(np.float64) * weight
    values = np.append(values, float(weight))
    if deviation:
        values[:-1] += rng.normal(0, deviation, len(values) - 1)
    if not np.isfinite(values).all() or np.abs(values).max() > LARGEST_SUM:
        raise InputError("the update has values that are not finite or too large: nothing is sent")
    return np.rint(values * _ONE).astype(np.int64).view(np.uint64)


def decode(vector: Vector, like: Arrays) -> tuple[dict[str, NDArray[np.float64]], float]:
    """The weighted sum of updates, shaped like these tensors, and the sum of the weights."""
    values = vector.view(np.int64) / _ONE
    tensors: dict[str, NDArray[np.float64]] = {}
    start = 0
    for name in sorted(like):
        end = start + like[name].size
        tensors[name] = values[start:end].reshape(like[name].shape)
        start = end
    return tensors, float(values[-1])
