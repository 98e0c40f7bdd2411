"""Faces of many people, which fine-tuning must not forget: what is kept of the way to the trained weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from emoar.progress import NO_PROGRESS, Progress
from emoar.training.data.targets import NO_LABEL
from emoar.training.networks.base import ExpressionNetwork
from emoar.training.networks.parts import Part, Tail, Trunk, split_network

__all__ = ["Index", "PublicFaces", "Way", "public_faces", "tail_logits", "trunk_values"]

_BATCH: Final = 64
_SHARES: Final = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1)
Index = Mapping[str, NDArray[np.int64]]  # head -> (N,) label, or NO_LABEL


@dataclass(frozen=True, eq=False)
class PublicFaces:
    """What the layers before the trained part give for faces of many people."""

    training: Tensor  # (N, ...) values of faces whose probabilities are kept
    test: Tensor  # (M, ...) values of faces on which accuracy is measured
    test_index: Index  # (M,) labels of these faces
    test_crops: NDArray[np.uint8]  # (M, *face_shape) these faces, for files


@torch.no_grad()
def trunk_values(
    trunk: Trunk, network: ExpressionNetwork, faces: NDArray[Any], progress: Progress = NO_PROGRESS, task: str = ""
) -> Tensor:
    """What the frozen layers give for (N, *face_shape) faces of the network's input."""
    parts: list[Tensor] = []
    for start in range(0, len(faces), _BATCH):
        parts.append(trunk(torch.from_numpy(network.input.to_batch(faces[start : start + _BATCH]))))
        progress(task or "frozen layers", min(start + _BATCH, len(faces)), len(faces))
    return torch.cat(parts)


def public_faces(
    network: ExpressionNetwork,
    part: Part,
    training: NDArray[np.uint8],
    test: NDArray[np.uint8],
    test_index: Index,
    progress: Progress = NO_PROGRESS,
) -> PublicFaces:
    """Runs the frozen layers on public faces; the result serves any number of persons."""
    trunk, _ = split_network(network, part)
    values = [
        trunk_values(trunk, network, faces, progress, task)
        for faces, task in ((training, "public faces"), (test, "PublicTest"))
    ]
    return PublicFaces(values[0], values[1], test_index, test)


@dataclass(eq=False)
class Way:
    """The way from the weights before training to the trained ones (Wortsman et al., 2022)."""

    parameters: list[nn.Parameter]  # of the trained part
    start: list[Tensor]
    end: list[Tensor]
    share: float = 1.0  # of the way at which the parameters are, 0..1; 0 is the network before training

    @torch.no_grad()
    def put(self, share: float) -> None:
        """Sets the parameters to that share of the way, 0..1."""
        for values, first, last in zip(self.parameters, self.start, self.end, strict=True):
            values.copy_(first + share * (last - first))
        self.share = share

    def put_farthest(self, tail: Tail, public: PublicFaces, allowed_loss: float) -> None:
        """Sets the parameters to the largest share with which no head loses more than `allowed_loss` of its accuracy;
        0 where there is none."""

        def accuracy(share: float) -> dict[str, float]:
            self.put(share)
            return _accuracy(tail_logits(tail, public.test), public.test_index)

        least = {head: before - allowed_loss for head, before in accuracy(0.0).items()}
        fitting = (s for s in _SHARES if all(now >= least[head] for head, now in accuracy(s).items()))
        self.put(next(fitting, 0.0))

    def put_shorter(self) -> None:
        """Sets the parameters to the next smaller share; 0 is the last one."""
        self.put(next((s for s in _SHARES if s < self.share), 0.0))


@torch.no_grad()
def tail_logits(tail: Tail, values: Tensor) -> dict[str, Tensor]:
    """The logits of each head, in batches."""
    parts = [tail(batch) for batch in values.split(_BATCH)]
    return {head: torch.cat([part[head] for part in parts]) for head in parts[0]}


def _accuracy(logits: Mapping[str, Tensor], index: Index) -> dict[str, float]:
    """Top-1 accuracy, 0..1, of each head in which a face has a label."""
    known = {head: labels != NO_LABEL for head, labels in index.items() if (labels != NO_LABEL).any()}
    return {head: float((logits[head].argmax(1).numpy() == index[head])[which].mean()) for head, which in known.items()}
