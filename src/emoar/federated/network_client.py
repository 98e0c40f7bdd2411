"""A client that trains more than a head: the last block, the last stage, or the whole network, in PyTorch.

BatchNorm is folded into the convolutions before (`fold_batchnorm`): no statistics of faces leave the device, and every
layer has gradients of single faces, which Opacus computes for example-level privacy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from emoar.errors import DependencyMissing, InputError
from emoar.federated.accountant import Release
from emoar.federated.plan import LocalPlan, Part
from emoar.federated.updates import Arrays
from emoar.training.networks.base import ExpressionNetwork
from emoar.training.networks.parts import Tail, set_trainable, split_network

__all__ = ["NetworkClient", "NetworkPart", "trained_arrays"]

_BATCH: Final = 256  # faces at once in the frozen layers
_SMALLEST: Final = 1e-12  # guards divisions


def trained_arrays(network: ExpressionNetwork, part: Part, label_set: str) -> Arrays:
    """The tensors that clients train: those of the part, with the head of one label set."""
    set_trainable(network, part)
    return {
        name: value.detach().float().numpy().copy()
        for name, value in network.named_parameters()
        if value.requires_grad and (not name.startswith("heads.") or name.startswith(f"heads.{label_set}."))
    }


@dataclass(frozen=True, eq=False)
class NetworkPart:
    """The part of a network that clients train, and what the frozen layers before it give."""

    network: ExpressionNetwork  # without BatchNorm
    part: Part
    label_set: str  # whose head is trained

    def weights(self) -> Arrays:
        """The trained tensors as they are now."""
        return trained_arrays(self.network, self.part, self.label_set)

    def values(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """(N, ...) what the part takes, for (N, ...) inputs of the network.

        Raises:
            TrainingError: the network has no such part.
        """
        trunk, _ = split_network(self.network.eval(), self.part)
        with torch.no_grad():
            parts = [trunk(torch.from_numpy(inputs[i : i + _BATCH])) for i in range(0, len(inputs), _BATCH)]
        return torch.cat(parts).numpy()

    def client(self, values: NDArray[np.float32], labels: NDArray[np.int64], noise: float = 0.0) -> NetworkClient:
        """A client with these faces.

        Raises:
            As `NetworkClient`.
        """
        return NetworkClient(self, values, labels, noise)

    def accuracy(self, weights: Arrays, values: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
        """Top-1 accuracy with these weights, 0..1."""
        _, tail = split_network(self.network.eval(), self.part)
        self.load(weights)
        with torch.no_grad():
            batches = torch.from_numpy(values).split(_BATCH)
            found = torch.cat([tail(batch)[self.label_set].argmax(1) for batch in batches])
        return float((found.numpy() == labels).mean())

    def load(self, weights: Arrays) -> dict[str, nn.Parameter]:
        """Puts weights into the network and freezes everything else; returns the trained parameters."""
        own = dict(self.network.named_parameters())
        self.network.requires_grad_(False)
        for name, value in weights.items():
            own[name].data = torch.from_numpy(np.array(value, np.float32))
            own[name].requires_grad_(True)
        return {name: own[name] for name in weights}


class NetworkClient:
    """One client; several may share a network, since each round loads its weights.

    Args:
        trained: the part of a network.
        values: (N, ...) float32 values that the part takes, of `NetworkPart.values`.
        labels: (N,) label index.
        noise: noise multiplier of example-level privacy; 0 is off.

    Raises:
        InputError: there is no face.
        TrainingError: the network has no such part.
    """

    def __init__(
        self, trained: NetworkPart, values: NDArray[np.float32], labels: NDArray[np.int64], noise: float = 0.0
    ) -> None:
        if not len(labels):
            raise InputError("there is no labelled face to learn from: collect some with emoar data collect")
        for layer in trained.network.modules():  # Opacus' hooks need the values that an activation in place overwrites
            if isinstance(layer, nn.ReLU):
                layer.inplace = False
        _, self._tail = split_network(trained.network.eval(), trained.part)
        self._values, self._labels = torch.from_numpy(values), torch.from_numpy(labels)
        self._trained, self.noise = trained, noise

    @property
    def examples(self) -> int:
        """The number of faces."""
        return len(self._labels)

    def release(self, plan: LocalPlan) -> Release | None:
        """What one round costs this client in example-level privacy; None without noise."""
        return Release(self.noise, *plan.sampling(self.examples)) if self.noise else None

    def train(self, weights: Arrays, plan: LocalPlan, rng: np.random.Generator) -> Arrays:
        """The weights after a round of local training.

        Raises:
            DependencyMissing: example-level privacy needs Opacus.
        """
        trained = self._trained.load(weights)
        start = {name: value.detach().clone() for name, value in trained.items()}
        tail: Any = _per_sample(self._tail) if self.noise else self._tail
        tail.train(bool(self.noise))  # Opacus' hooks work in this mode only; no layer behaves differently in it
        for batch, divisor in self._batches(plan, rng):
            gradients = self._gradients(tail, trained, batch, plan, rng)
            with torch.no_grad():
                for name, value in trained.items():
                    value -= plan.lr * (gradients[name] / divisor + plan.proximal * (value - start[name]))
        if self.noise:
            tail.to_standard_module().eval()
        return {name: value.detach().numpy().copy() for name, value in trained.items()}

    def _batches(self, plan: LocalPlan, rng: np.random.Generator) -> list[tuple[NDArray[np.int64], float]]:
        if self.noise:
            rate, steps = plan.sampling(self.examples)
            return [(np.flatnonzero(rng.random(self.examples) < rate), rate * self.examples) for _ in range(steps)]
        orders = [rng.permutation(self.examples) for _ in range(plan.epochs)]
        size = plan.batch_size
        parts = [order[i : i + size] for order in orders for i in range(0, self.examples, size)]
        return [(part, float(len(part))) for part in parts]

    def _gradients(
        self,
        tail: Any,
        trained: dict[str, nn.Parameter],
        batch: NDArray[np.int64],
        plan: LocalPlan,
        rng: np.random.Generator,
    ) -> dict[str, Tensor]:
        """Sums of gradients over a batch; with privacy, of clipped gradients, and noise."""
        sums = {name: torch.zeros_like(value) for name, value in trained.items()}
        if len(batch):
            for value in trained.values():
                value.grad = None
            values = self._values[torch.from_numpy(batch)].requires_grad_(bool(self.noise))  # as the hooks expect
            logits = tail(values)[self._trained.label_set]
            nn.functional.cross_entropy(logits, self._labels[torch.from_numpy(batch)], reduction="sum").backward()
            sums = _clipped(trained, plan.example_clip) if self.noise else _plain(trained)
        if self.noise:
            deviation = self.noise * plan.example_clip
            for value in sums.values():
                value += torch.from_numpy(rng.normal(0, deviation, tuple(value.shape)).astype(np.float32))
        return sums


def _plain(trained: Mapping[str, Any]) -> dict[str, Tensor]:
    return {name: value.grad for name, value in trained.items()}


def _clipped(trained: dict[str, Any], norm: float) -> dict[str, Tensor]:
    """Sums of the gradients of single faces, each scaled down to that norm over all tensors together."""
    singles = {name: value.grad_sample for name, value in trained.items()}
    norms = torch.stack([single.flatten(1).norm(dim=1) for single in singles.values()]).norm(dim=0)
    factors = (norm / norms.clamp_min(_SMALLEST)).clamp_max(1)
    sums = {name: torch.einsum("n,n...->...", factors, single) for name, single in singles.items()}
    for value in trained.values():
        value.grad_sample = None
    return sums


def _per_sample(tail: Tail) -> Any:
    try:
        from opacus import GradSampleModule
    except ImportError as exc:
        raise DependencyMissing("example-level privacy needs opacus: pip install 'emoar[federated]'") from exc
    return GradSampleModule(tail, loss_reduction="sum")
