"""Targets of each label set, class weights, balanced sampling, and the loss."""

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

TEACHER: Final = "teacher/"  # prefix of the label set in the names of soft targets


def targets_of(data: FaceDataset, label_set: str, recipe: Recipe) -> NDArray[np.float32]:
    """(N, C) target probabilities of a label set, as the recipe asks for; rows of zeros for faces without a label."""
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
    """(C,) weight of each label in the loss, with a mean of 1 over the faces; labels that do not occur have 0.

    Args:
        targets: (N, C) probabilities.
        kind: `none`, `inverse` (1 / frequency) or `root` (1 / square root of the frequency).
    """
    mass = targets.sum(axis=0).astype(np.float64)
    power = {"none": 0.0, "root": 0.5, "inverse": 1.0}[kind]
    weights = np.where(mass > 0, np.power(np.maximum(mass, 1e-12), -power), 0.0)
    return (weights * mass.sum() / max((weights * mass).sum(), 1e-12)).astype(np.float32)


def draw_order(truth: NDArray[np.int64], balance: float, rng: Generator) -> NDArray[np.int64]:
    """(N,) order of the faces in one epoch: a permutation, or a sample with replacement that favours rare labels.

    Args:
        truth: (N,) label indices; `NO_LABEL` counts as one more label.
        balance: 0..1; 0 is a permutation, 1 draws every label equally often.
        rng: random number generator.
    """
    if not balance:
        return rng.permutation(len(truth))
    _, place, count = np.unique(truth, return_inverse=True, return_counts=True)
    chance = np.power(count.astype(np.float64), -balance)[place]
    return rng.choice(len(truth), len(truth), p=chance / chance.sum())


def soft_loss(logits: Tensor, target: Tensor, weights: Tensor | None = None, gamma: float = 0.0) -> Tensor:
    """Cross-entropy with soft targets, averaged over all N rows; rows of zeros in the targets add nothing.

    Args:
        logits: (N, C), of one label set.
        target: (N, C) probabilities.
        weights: (C,) weights of the labels; None is 1 for all.
        gamma: exponent of the focal loss (Lin et al., 2017), at least 0; 0 is cross-entropy.
    """
    log_p = nn.functional.log_softmax(logits, dim=1)
    each: Any = target * log_p
    if gamma:
        each = each * (1 - log_p.exp()) ** gamma
    if weights is not None:
        each = each * weights
    return -each.sum(dim=1).mean()


def distillation_loss(logits: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    """Cross-entropy with the teachers' probabilities, both sides at a temperature (Hinton et al., 2015).

    The factor temperature ** 2 keeps the scale of the gradients. Rows of zeros in `teacher` add nothing.

    Args:
        logits: (N, C), of one label set.
        teacher: (N, C) probabilities; zeros for faces without a prediction.
        temperature: above 0.
    """
    softened = teacher.clamp_min(1e-8) ** (1 / temperature)
    softened = softened / softened.sum(dim=1, keepdim=True)
    known = teacher.sum(dim=1, keepdim=True) > 0
    return temperature**2 * soft_loss(logits / temperature, softened * known)


def total_loss(
    logits: Mapping[str, Tensor], targets: Mapping[str, Tensor], recipe: Recipe, weights: Mapping[str, Tensor]
) -> Tensor:
    """The loss of a batch: the weighted sum over its label sets of the losses on labels and teachers.

    Args:
        logits: (N, C) by label set.
        targets: (N, C) by label set, and by `TEACHER` + label set where there are teachers.
        recipe: the weights of the losses, the temperature and the focal gamma.
        weights: (C,) class weights by label set; label sets that are missing have weights of 1.
    """
    loss = next(iter(logits.values())).new_zeros((), dtype=torch.float32)
    for name, values in logits.items():
        own = soft_loss(values.float(), targets[name], weights.get(name), recipe.focal_gamma)
        if TEACHER + name in targets:
            soft = distillation_loss(values.float(), targets[TEACHER + name], recipe.distill_temperature)
            own = (1 - recipe.distill_weight) * own + recipe.distill_weight * soft
        loss = loss + recipe.head_weights.get(name, 1.0) * own
    return loss
