"""Updates of clients: the check that each one passes before anything is computed from it, clipping, and sums.

An update is the difference between a client's weights and those of the round. NumPy alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import InputError

__all__ = ["Arrays", "Update", "UpdateRules", "add", "clip", "l2_norm", "mean", "subtract", "total"]

Arrays = Mapping[str, NDArray[np.float32]]  # tensor name -> float32 values

_NAMES_SHOWN: Final = 3  # in a message


@dataclass(frozen=True, eq=False)
class Update:
    """A checked update."""

    delta: Arrays  # the client's weights minus those of the round
    examples: int  # faces that it was trained on, at most `UpdateRules.most_examples`


@dataclass(frozen=True)
class UpdateRules:
    """What an update must be. The bounds limit what one client can do to a mean.

    Raises:
        InputError: a bound is not positive.
    """

    shapes: Mapping[str, tuple[int, ...]]  # tensor name -> its shape
    largest_norm: float = 10.0  # L2 norm of the whole update
    most_examples: int = 1000  # a client that claims more counts as this many

    def __post_init__(self) -> None:
        if not (math.isfinite(self.largest_norm) and self.largest_norm > 0 and self.most_examples > 0):
            raise InputError(
                f"largest_norm and most_examples must be above 0, got {self.largest_norm} and {self.most_examples}"
            )

    @classmethod
    def of(cls, weights: Arrays, largest_norm: float = 10.0, most_examples: int = 1000) -> UpdateRules:
        """The rules for updates of a model with these weights."""
        return cls({name: value.shape for name, value in weights.items()}, largest_norm, most_examples)

    def check(self, delta: Mapping[str, Any], examples: object) -> Update:
        """The update, if it is one.

        Args:
            delta: tensor name -> array; whatever a client sent.
            examples: the number of faces that the client claims.

        Raises:
            InputError: names, shapes, types or values are not allowed; the message names the first fault.
        """
        self._check_names(delta)
        arrays = {name: self._array(name, delta[name]) for name in self.shapes}
        norm = l2_norm(arrays)
        if norm > self.largest_norm:
            raise InputError(f"the update has norm {norm:.4g}: at most {self.largest_norm:g} is allowed")
        if isinstance(examples, bool) or not isinstance(examples, int | np.integer) or examples < 1:
            raise InputError(f"the number of examples must be a whole number from 1, got {examples!r:.40}")
        return Update(arrays, min(int(examples), self.most_examples))

    def _check_names(self, delta: Mapping[str, Any]) -> None:
        missing = [name for name in self.shapes if name not in delta]
        unknown = [str(name)[:60] for name in delta if name not in self.shapes]
        for what, names in (("lacks", missing), ("has unknown", unknown)):
            if names:
                raise InputError(
                    f"the update {what} {', '.join(names[:_NAMES_SHOWN])}: it is of another model or an older version"
                )

    def _array(self, name: str, value: Any) -> NDArray[np.float32]:
        if not isinstance(value, np.ndarray) or value.dtype != np.float32:
            kind = value.dtype if isinstance(value, np.ndarray) else type(value).__name__
            raise InputError(f"{name} must be float32, got {kind}")
        if value.shape != self.shapes[name]:
            raise InputError(f"{name} must be {self.shapes[name]}, got {value.shape}")
        if not np.isfinite(value).all():
            raise InputError(f"{name} holds values that are not finite")
        return value


def l2_norm(arrays: Arrays) -> float:
    """The L2 norm of all values together."""
    return math.sqrt(sum(float(np.square(value, dtype=np.float64).sum()) for value in arrays.values()))


def clip(delta: Arrays, norm: float) -> Arrays:
    """The update scaled down to an L2 norm of at most `norm`."""
    own = l2_norm(delta)
    # a little below the bound, since float32 rounds
    return (
        delta if own <= norm else {name: value * np.float32(norm / own * (1 - 1e-6)) for name, value in delta.items()}
    )


def add(weights: Arrays, delta: Arrays) -> Arrays:
    """`weights + delta`, tensor by tensor."""
    return {name: value + delta[name] for name, value in weights.items()}


def subtract(new: Arrays, old: Arrays) -> Arrays:
    """`new - old`, tensor by tensor."""
    return {name: value - old[name] for name, value in new.items()}


def total(deltas: Iterable[Arrays], like: Arrays) -> Mapping[str, NDArray[np.float64]]:
    """The sum of updates in float64; zeros shaped like `like` where there is none."""
    result = {name: np.zeros(value.shape, np.float64) for name, value in like.items()}
    for delta in deltas:
        for name, value in delta.items():
            result[name] += value
    return result


def mean(deltas: Iterable[Arrays], like: Arrays, count: float) -> Arrays:
    """The sum of updates divided by `count`."""
    return {name: (value / count).astype(np.float32) for name, value in total(deltas, like).items()}
