"""The learning rate of each step: a pure function of the recipe."""

from __future__ import annotations

import math
from typing import Final

from emoar.training.recipe import Recipe

__all__ = ["learning_rate"]

_START: Final = 0.04  # rate at the start of the warm-up, as a fraction of the peak
_END: Final = 1e-4  # lowest rate of the annealing, as a fraction of the peak, so that the last step is not zero


def learning_rate(step: int, steps: int, recipe: Recipe, lr_drops: int = 0) -> float:
    """The learning rate of one step.

    `one-cycle` is a linear warm-up and one half-cosine annealing (after Smith, 2018). `cosine` is the same warm-up and
    `cycles` half-cosine annealings, each from the peak (SGDR; Loshchilov and Hutter, 2017).

    Args:
        step: index of the step, from 0.
        steps: number of steps of the run.
        recipe: the schedule and its settings.
        lr_drops: `plateau`: number of reductions by `lr_factor` so far.
    """
    if recipe.schedule == "constant":
        return recipe.lr
    if recipe.schedule == "plateau":
        return recipe.lr * recipe.lr_factor**lr_drops
    if recipe.schedule == "multistep":
        return recipe.lr * recipe.lr_factor ** sum(step >= fraction * steps for fraction in recipe.milestones)
    rising = recipe.warmup * steps
    if step < rising:
        return recipe.lr * (_START + (1 - _START) * step / rising)
    cycles = recipe.cycles if recipe.schedule == "cosine" else 1
    fallen = (step - rising) / (steps - rising) * cycles % 1
    return recipe.lr * max(_END, 0.5 * (1 + math.cos(math.pi * fallen)))
