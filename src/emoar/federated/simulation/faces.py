"""What a simulation trains, and the faces, as values behind the layers that stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from emoar.errors import InputError
from emoar.federated.local_fleet import Client
from emoar.federated.updates import Arrays

__all__ = ["Places", "Simulation", "Trained"]

Places = Sequence[NDArray[np.int64]]  # positions of faces, by client


class Trained(Protocol):
    """What clients train: a `Head` on features, or a `NetworkPart`."""

    def client(self, values: NDArray[np.float32], labels: NDArray[np.int64], noise: float = 0.0) -> Client:
        """A client with these faces; `noise` is the multiplier of example-level privacy."""
        ...

    def accuracy(self, weights: Arrays, values: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
        """Top-1 accuracy with these weights, 0..1."""
        ...


@dataclass(frozen=True, eq=False)
class Simulation:
    """The faces of a simulation; the frozen layers run on each once.

    Raises:
        InputError: numbers of faces and labels differ.
    """

    trained: Trained
    values: NDArray[np.float32]  # (N, ...) of the faces that clients hold
    labels: NDArray[np.int64]  # (N,)
    test_values: NDArray[np.float32]  # (M, ...)
    test_labels: NDArray[np.int64]  # (M,)

    def __post_init__(self) -> None:
        pairs: tuple[tuple[Any, Any], ...] = (self.values, self.labels), (self.test_values, self.test_labels)
        for values, labels in pairs:
            if len(values) != len(labels):
                raise InputError(f"each face needs a label: got {len(values)} faces and {len(labels)} labels")

    def client(self, own: NDArray[np.int64], noise: float = 0.0) -> Client:
        """A client with the faces at these positions."""
        return self.trained.client(self.values[own], self.labels[own], noise)

    def accuracy(self, weights: Arrays) -> float:
        """Top-1 accuracy on the test faces, 0..1."""
        return self.trained.accuracy(weights, self.test_values, self.test_labels)
