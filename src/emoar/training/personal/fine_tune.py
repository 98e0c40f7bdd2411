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
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from emoar.progress import NO_PROGRESS, Progress
from emoar.training.data.targets import NO_LABEL
from emoar.training.loop.augment import augment
from emoar.training.networks.base import ExpressionNetwork
from emoar.training.networks.parts import Part, Tail, Trunk, set_trainable, split_network
from emoar.training.personal.public import (
    Index,
    PublicFaces,
    Way,
    tail_logits,
    trunk_values,
)
from emoar.training.recipe import Augmentation

__all__ = ["TuneOptions", "fine_tune"]

_BATCH: Final = 64
_SMOOTHING: Final = 0.05  # of the labels
_LEARNING_RATES: Final[dict[Part, float]] = {"head": 1e-3, "block": 3e-4, "stage": 2e-4, "all": 1e-4}
_AUGMENTATION: Final = Augmentation(rotation_deg=8, scale=0.08, shift=0.04, gamma=0.2, contrast=0.2)


@dataclass(frozen=True)
class TuneOptions:
    """Options of fine-tuning."""

    part: Part = "block"
    epochs: int = 8
    learning_rate: float | None = None  # largest; None: by the part, larger for fewer layers
    variants: int = 4  # augmented copies of each face; the frozen layers run on each once
    most_variants: int = 3000  # of all faces together
    distillation: float = 4.0  # weight of the divergence from the probabilities before training, on public faces
    distillation_alone: float = 0.3  # the same on the person's own faces, where there are no public ones
    anchor: float = 1e-2  # weight of the squared distance from the weights before training
    allowed_loss: float = 0.01  # accuracy on the public faces that may be lost, 0..1
    share_alone: float = 0.5  # of the way to the trained weights, where there are no public faces to measure on
    seed: int = 0


def fine_tune(
    network: ExpressionNetwork,
    faces: NDArray[np.uint8],
    index: Index,
    public: PublicFaces | None,
    options: TuneOptions,
    progress: Progress = NO_PROGRESS,
) -> Way:
    """Trains a part of a network in place.

    Args:
        network: without BatchNorm.
        faces: (N, *face_shape) crops of the person in the size of the network.
        index: labels of the faces by head.
        public: faces of many people; None where there are none.
        options: the options.
        progress: advances with each step.

    Returns:
        The way to the trained weights, and where on it the network is.
    """
    torch.manual_seed(options.seed)
    rng = np.random.default_rng(options.seed)
    network.eval()
    set_trainable(network, options.part)
    trunk, tail = split_network(network, options.part)
    own = _variants(trunk, network, faces, index, options, rng, progress)
    others = own.values if public is None else public.training
    kept = _Kept(
        others,
        tail_logits(tail, others),
        options.distillation_alone if public is None else options.distillation,
    )
    parameters = [values for values in network.parameters() if values.requires_grad]
    start = [values.detach().clone() for values in parameters]
    for done, total in _train(tail, parameters, own, kept, options, rng):
        progress("training", done, total)
    way = Way(parameters, start, [values.detach().clone() for values in parameters])
    if public is None:
        way.put(options.share_alone)
    else:
        way.put_farthest(tail, public, options.allowed_loss)
    network.requires_grad_(False)
    return way


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
    weight: float


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
    rate = options.learning_rate or _LEARNING_RATES[options.part]
    optimiser = torch.optim.Adam(parameters, rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps)
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
                loss = loss + kept.weight * _divergence(others, kept.logits[head][some])
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
