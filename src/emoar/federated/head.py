"""A softmax head on cached features: training, training with example-level privacy, evaluation. NumPy alone.

The gradient of a linear layer has a closed form, and so has its norm for each face: DP-SGD costs no more than SGD.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import InputError
from emoar.federated.accountant import Release
from emoar.federated.plan import LocalPlan
from emoar.federated.updates import Arrays

__all__ = ["Head", "HeadClient", "probabilities"]

_SMALLEST: Final = 1e-12  # guards divisions


@dataclass(frozen=True)
class Head:
    """The names of a head's tensors: weight (L, D) and bias (L,) of L labels and D features."""

    label_set: str

    @property
    def weight(self) -> str:
        """The name of the weight, as in a network's checkpoint."""
        return f"heads.{self.label_set}.weight"

    @property
    def bias(self) -> str:
        """The name of the bias."""
        return f"heads.{self.label_set}.bias"

    def zeros(self, labels: int, features: int) -> Arrays:
        """An untrained head."""
        return {self.weight: np.zeros((labels, features), np.float32), self.bias: np.zeros(labels, np.float32)}

    def client(self, values: NDArray[np.float32], labels: NDArray[np.int64], noise: float = 0.0) -> HeadClient:
        """A client with these faces.

        Raises:
            As `HeadClient`.
        """
        return HeadClient(self, values, labels, noise)

    def accuracy(self, weights: Arrays, values: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
        """Top-1 accuracy with these weights, 0..1, of (N, D) features."""
        return float((probabilities(self, weights, values).argmax(1) == labels).mean())


@dataclass(frozen=True, eq=False)
class HeadClient:
    """One client that trains a head.

    Attributes:
        head: names of the tensors.
        features: (N, D) float32.
        labels: (N,) int64 label index.
        noise: noise multiplier of example-level privacy; 0 is off.

    Raises:
        InputError: there is no face, or the shapes do not fit.
    """

    head: Head
    features: NDArray[np.float32]
    labels: NDArray[np.int64]
    noise: float = 0.0

    def __post_init__(self) -> None:
        if not len(self.labels):
            raise InputError("there is no labelled face to learn from: collect some with emoar data collect")
        if self.features.ndim != 2 or len(self.features) != len(self.labels):
            raise InputError(f"features must be ({len(self.labels)}, D), got {self.features.shape}")

    @property
    def examples(self) -> int:
        """The number of faces."""
        return len(self.labels)

    def release(self, plan: LocalPlan) -> Release | None:
        """What one round costs this client in example-level privacy; None without noise."""
        return Release(self.noise, *plan.sampling(self.examples)) if self.noise else None

    def train(self, weights: Arrays, plan: LocalPlan, rng: np.random.Generator) -> Arrays:
        """The weights after a round of local training.

        Args:
            weights: of the round.
            plan: how to train.
            rng: of the batches and of the noise.
        """
        start = np.concatenate([weights[self.head.weight], weights[self.head.bias][:, None]], 1).astype(np.float64)
        current = start.copy()  # (L, D + 1)
        x = np.concatenate([self.features, np.ones((self.examples, 1), np.float32)], 1)
        for batch, divisor in self._batches(plan, rng):
            gradient = self._gradient(current, x[batch], self.labels[batch], plan, rng) / divisor
            current -= plan.lr * (gradient + plan.proximal * (current - start))
        new = current.astype(np.float32)
        return {self.head.weight: new[:, :-1], self.head.bias: new[:, -1]}

    def _batches(self, plan: LocalPlan, rng: np.random.Generator) -> list[tuple[NDArray[np.int64], float]]:
        """The positions of each batch, and the number by which its sum of gradients is divided."""
        if self.noise:  # each face is drawn independently, as is accounted
            rate, steps = plan.sampling(self.examples)
            drawn = rng.random((steps, self.examples)) < rate
            return [(np.flatnonzero(row), rate * self.examples) for row in drawn]
        batches: list[tuple[NDArray[np.int64], float]] = []
        for _ in range(plan.epochs):
            order = rng.permutation(self.examples)
            parts = [order[i : i + plan.batch_size] for i in range(0, self.examples, plan.batch_size)]
            batches += [(part, float(len(part))) for part in parts]
        return batches

    def _gradient(
        self,
        weights: NDArray[np.float64],
        x: NDArray[np.float32],
        labels: NDArray[np.int64],
        plan: LocalPlan,
        rng: np.random.Generator,
    ) -> NDArray[np.float64]:
        """The sum of the gradients of the cross-entropy; with privacy, of clipped gradients and noise."""
        error = _softmax(x @ weights.T)
        error[np.arange(len(labels)), labels] -= 1
        if not self.noise:
            return error.T @ x
        norms = np.linalg.norm(error, axis=1) * np.linalg.norm(x, axis=1)  # of the gradient of each face
        error *= np.minimum(1, plan.example_clip / np.maximum(norms, _SMALLEST))[:, None]
        return error.T @ x + rng.normal(0, self.noise * plan.example_clip, weights.shape)


def probabilities(head: Head, weights: Arrays, features: NDArray[np.float32]) -> NDArray[np.float64]:
    """(N, L) probabilities of the labels for (N, D) features."""
    return _softmax(features @ weights[head.weight].T.astype(np.float64) + weights[head.bias])


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    exponents = np.exp(logits - logits.max(1, keepdims=True)) if len(logits) else logits
    return exponents / exponents.sum(1, keepdims=True) if len(logits) else exponents
