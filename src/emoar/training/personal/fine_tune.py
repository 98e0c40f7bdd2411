"""Fine-tuning of a folded network on one person's faces, which keeps what it knew about others.

The loss is the cross-entropy of the person's labels, plus distillation: on public faces (else on the person's own) the
probabilities stay near those before training, and the weights stay near their start (L2-SP; Li et al., 2018). After
training, weights between start and end are tried (Wortsman et al., 2022), and the farthest are kept with which other
people's faces are recognised nearly as well.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from emoar.progress import NO_PROGRESS, Progress
from emoar.training.data.targets import NO_LABEL
from emoar.training.loop.augment import augment
from emoar.training.networks.base import ExpressionNetwork
from emoar.training.networks.parts import Part, Tail, Trunk, set_trainable, split_network
from emoar.training.recipe import Augmentation

__all__ = ["Index", "PublicFaces", "TuneOptions", "fine_tune", "public_faces", "trunk_values"]

_BATCH: Final = 64
_SMOOTHING: Final = 0.05  # of the labels
_AUGMENTATION: Final = Augmentation(rotation_deg=8, scale=0.08, shift=0.04, gamma=0.2, contrast=0.2)
_SHARES: Final = (1.0, 0.8, 0.6, 0.4, 0.2)  # of the way from the weights before training to those after it
Index = Mapping[str, NDArray[np.int64]]  # head -> (N,) label, or NO_LABEL


@dataclass(frozen=True)
class TuneOptions:
    """Options of fine-tuning."""

    part: Part = "block"
    epochs: int = 15
    learning_rate: float = 1e-3
    variants: int = 6  # augmented copies of each face; the frozen layers run on each once
    most_variants: int = 3000  # of all faces together
    distillation: float = 1.0  # weight of the divergence from the probabilities before training
    anchor: float = 1e-2  # weight of the squared distance from the weights before training
    allowed_loss: float = 0.01  # accuracy on the public faces that may be lost, 0..1
    seed: int = 0


@dataclass(frozen=True, eq=False)
class PublicFaces:
    """What the layers before the trained part give for faces of many people."""

    training: Tensor  # (N, ...) values of faces whose probabilities are kept
    test: Tensor  # (M, ...) values of faces on which accuracy is measured
    test_index: Index  # (M,) labels of these faces


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
    return PublicFaces(values[0], values[1], test_index)


def fine_tune(
    network: ExpressionNetwork,
    faces: NDArray[np.uint8],
    index: Index,
    public: PublicFaces | None,
    options: TuneOptions,
    progress: Progress = NO_PROGRESS,
) -> float:
    """Trains a part of a network in place.

    Args:
        network: without BatchNorm.
        faces: (N, *face_shape) crops of the person in the size of the network.
        index: labels of the faces by head.
        public: faces of many people; None where there are none.
        options: the options.
        progress: advances with each step.

    Returns:
        The share of the way to the trained weights that is kept, 0..1; 0 is the network before training.
    """
    torch.manual_seed(options.seed)
    rng = np.random.default_rng(options.seed)
    network.eval()
    set_trainable(network, options.part)
    trunk, tail = split_network(network, options.part)
    own = _variants(trunk, network, faces, index, options, rng, progress)
    others = own.values if public is None else public.training
    kept = _Kept(others, _logits(tail, others))
    parameters = [values for values in network.parameters() if values.requires_grad]
    start = [values.detach().clone() for values in parameters]
    for done, total in _train(tail, parameters, own, kept, options, rng):
        progress("training", done, total)
    share = _SHARES[0]
    if public is not None:
        share = _farthest_share(tail, parameters, start, public, options.allowed_loss)
    network.requires_grad_(False)
    return share


@dataclass(frozen=True, eq=False)
class _Own:
    """The person's faces behind the frozen layers."""

    values: Tensor  # (N, ...)
    index: Mapping[str, Tensor]  # head -> (N,)


@dataclass(frozen=True, eq=False)
class _Kept:
    """Faces whose probabilities should stay."""

    values: Tensor  # (M, ...)
    logits: Mapping[str, Tensor]  # head -> (M, labels) before training


def _variants(
    trunk: Trunk,
    network: ExpressionNetwork,
    faces: NDArray[np.uint8],
    index: Index,
    options: TuneOptions,
    rng: np.random.Generator,
    progress: Progress,
) -> _Own:
    """The faces as they are, and copies that are mirrored and changed at random."""
    copies = max(1, min(options.variants, options.most_variants // len(faces)))
    repeated = np.concatenate([faces] * copies)
    changed = augment(repeated, _AUGMENTATION, rng.integers(0, 2**31, len(repeated)))
    values = trunk_values(trunk, network, np.concatenate([faces.astype(np.float32), changed]), progress, "own faces")
    return _Own(values, {head: torch.from_numpy(np.tile(labels, copies + 1)) for head, labels in index.items()})


def _train(
    tail: Tail,
    parameters: list[nn.Parameter],
    own: _Own,
    kept: _Kept,
    options: TuneOptions,
    rng: np.random.Generator,
) -> Iterator[tuple[int, int]]:
    """Trains the parameters; yields the step and the number of steps."""
    start = [values.detach().clone() for values in parameters]
    steps_an_epoch = math.ceil(len(own.values) / _BATCH)
    steps = options.epochs * steps_an_epoch
    optimiser = torch.optim.Adam(parameters, options.learning_rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, options.learning_rate, total_steps=steps)
    for epoch in range(options.epochs):
        for turn, batch in enumerate(torch.from_numpy(rng.permutation(len(own.values))).split(_BATCH)):
            some = torch.from_numpy(rng.integers(0, len(kept.values), _BATCH))
            logits = tail(torch.cat([own.values[batch], kept.values[some]]))
            loss = options.anchor * sum(
                ((values - before).square().sum() for values, before in zip(parameters, start, strict=True)),
                torch.zeros(()),
            )
            for head, labels in own.index.items():
                mine, others = logits[head].split([len(batch), len(some)])
                loss = loss + _label_loss(mine, labels[batch])
                loss = loss + options.distillation * _divergence(others, kept.logits[head][some])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            yield epoch * steps_an_epoch + turn + 1, steps


def _label_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """The mean cross-entropy of the faces with a label in this head."""
    known = labels != NO_LABEL
    return (
        nn.functional.cross_entropy(logits[known], labels[known], label_smoothing=_SMOOTHING)
        if known.any()
        else 0 * logits.sum()
    )


def _divergence(logits: Tensor, before: Tensor) -> Tensor:
    """The mean Kullback-Leibler divergence of the probabilities from those before training."""
    pair = logits.log_softmax(1), before.log_softmax(1)
    return nn.functional.kl_div(*pair, reduction="batchmean", log_target=True)


@torch.no_grad()
def _farthest_share(
    tail: Tail, parameters: list[nn.Parameter], start: list[Tensor], public: PublicFaces, allowed_loss: float
) -> float:
    """Moves the parameters back towards `start` until no head loses more than `allowed_loss` of its accuracy.

    Returns:
        The share of the way that is kept.
    """
    end = [values.detach().clone() for values in parameters]
    accuracy: list[dict[str, float]] = []
    for share in (0.0, *_SHARES):
        for values, first, last in zip(parameters, start, end, strict=True):
            values.copy_(first + share * (last - first))
        accuracy.append(_accuracy(_logits(tail, public.test), public.test_index))
        if share and all(accuracy[-1][head] >= before - allowed_loss for head, before in accuracy[0].items()):
            return share
    for values, first in zip(parameters, start, strict=True):
        values.copy_(first)
    return 0.0


@torch.no_grad()
def _logits(tail: Tail, values: Tensor) -> dict[str, Tensor]:
    """The logits of each head, in batches."""
    parts = [tail(batch) for batch in values.split(_BATCH)]
    return {head: torch.cat([part[head] for part in parts]) for head in parts[0]}


def _accuracy(logits: Mapping[str, Tensor], index: Index) -> dict[str, float]:
    """Top-1 accuracy of each head on the faces with a label, 0..1; 0 where none has."""
    return {
        head: float((logits[head].argmax(1).numpy() == labels)[labels != NO_LABEL].mean())
        if (labels != NO_LABEL).any()
        else 0.0
        for head, labels in index.items()
    }
