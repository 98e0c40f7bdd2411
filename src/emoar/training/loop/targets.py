"""Soft targets of each label set, their weights, and the loss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor, nn

from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.targets import NO_LABEL, VoteTargets
from emoar.training.recipe import Recipe

__all__ = ["TEACHER", "class_weights", "distillation_loss", "draw_order", "soft_loss", "targets_of", "total_loss"]

TEACHER: Final = "teacher/"  # before the label set, in the names of targets


def targets_of(data: FaceDataset, label_set: str, recipe: Recipe) -> NDArray[np.float32]:
    """(N, C) probabilities of the labels of a set; a row of zeros where the face has no label in it."""
    targets, truth = data.targets[label_set], data.truth(label_set)
    if isinstance(targets, VoteTargets) and recipe.vote_targets == "soft":
        return targets.distribution()
    if isinstance(targets, VoteTargets) and recipe.vote_targets == "votes":
        return targets.shares()
    classes, smoothing = len(data.label_sets[label_set]), recipe.label_smoothing
    one_hot = np.eye(classes, dtype=np.float32)[np.maximum(truth, 0)]
    smooth = one_hot * (1 - smoothing) + smoothing / classes
    return np.where((truth != NO_LABEL)[:, None], smooth, 0).astype(np.float32)


def class_weights(targets: NDArray[np.float32], kind: str) -> NDArray[np.float32]:
    """(C,) the weight of each label in the loss: 1 on average over the faces; a label that never occurs gets 0."""
    mass = targets.sum(axis=0).astype(np.float64)
    power = {"none": 0.0, "root": 0.5, "inverse": 1.0}[kind]
    weights = np.where(mass > 0, np.power(np.maximum(mass, 1e-12), -power), 0.0)
    return (weights * mass.sum() / max((weights * mass).sum(), 1e-12)).astype(np.float32)


def draw_order(truth: NDArray[np.int64], balance: float, rng: Generator) -> NDArray[np.int64]:
    """(N,) the faces of one epoch: each once, or drawn with replacement so that rare labels come more often.

    Args:
        truth: (N,) labels; faces with `NO_LABEL` count as a label of their own.
        balance: 0 is each once; 1 draws every label equally often.
        rng: random numbers.
    """
    if not balance:
        return rng.permutation(len(truth))
    _, place, count = np.unique(truth, return_inverse=True, return_counts=True)
    chance = np.power(count.astype(np.float64), -balance)[place]
    return rng.choice(len(truth), len(truth), p=chance / chance.sum())


def soft_loss(logits: Tensor, target: Tensor, weights: Tensor | None = None, gamma: float = 0.0) -> Tensor:
    """Mean cross-entropy of (N, C) logits with soft targets; rows of zeros add nothing.

    Args:
        logits: of one label set.
        target: (N, C) probabilities.
        weights: (C,) of the labels; None counts all the same.
        gamma: of the focal loss (Lin et al., 2017): confident predictions count less; 0 is cross-entropy.
    """
    log_p = nn.functional.log_softmax(logits, dim=1)
    each: Any = target * log_p
    if gamma:
        each = each * (1 - log_p.exp()) ** gamma
    if weights is not None:
        each = each * weights
    return -each.sum(dim=1).mean()


def distillation_loss(logits: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    """Cross-entropy of (N, C) logits with the teachers' probabilities, both at a temperature (Hinton et al., 2015).

    The gradient has the scale of that at temperature 1. Rows of zeros, faces of which no teacher has a prediction, add
    nothing.
    """
    softened = teacher.clamp_min(1e-8) ** (1 / temperature)
    softened = softened / softened.sum(dim=1, keepdim=True)
    known = teacher.sum(dim=1, keepdim=True) > 0
    return temperature**2 * soft_loss(logits / temperature, softened * known)


def total_loss(
    logits: Mapping[str, Tensor], targets: Mapping[str, Tensor], recipe: Recipe, weights: Mapping[str, Tensor]
) -> Tensor:
    """The loss of a batch: the sum over its label sets, each from labels and teachers as the recipe weights them.

    Args:
        logits: (N, C) by label set.
        targets: (N, C) by label set, and by `TEACHER` + label set where there are teachers.
        recipe: the weights and temperatures.
        weights: (C,) of the labels by label set; a set that is not there counts all labels the same.
    """
    loss = next(iter(logits.values())).new_zeros((), dtype=torch.float32)
    for name, values in logits.items():
        own = soft_loss(values.float(), targets[name], weights.get(name), recipe.focal_gamma)
        if TEACHER + name in targets:
            soft = distillation_loss(values.float(), targets[TEACHER + name], recipe.distill_temperature)
            own = (1 - recipe.distill_weight) * own + recipe.distill_weight * soft
        loss = loss + recipe.head_weights.get(name, 1.0) * own
    return loss
