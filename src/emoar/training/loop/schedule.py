"""The learning rate of each step: a pure function of the recipe."""

from __future__ import annotations

import math
from typing import Final

from emoar.training.recipe import Recipe

__all__ = ["learning_rate"]

_START: Final = 0.04  # of the peak: where a rise begins
_END: Final = 1e-4  # of the peak: where a fall ends, so that the last step still moves


def learning_rate(step: int, steps: int, recipe: Recipe, lr_drops: int = 0) -> float:
    """The rate of `step` (from 0) of `steps`.

    `one-cycle` rises linearly for the `warmup` share of the run, then falls as half a cosine (after Smith, 2018);
    `cosine` does so once for each of `cycles`, rising only in the first (SGDR, Loshchilov 2017).

    Args:
        step: from 0.
        steps: of the whole run.
        recipe: names the schedule and its peak.
        lr_drops: plateau: how often the rate has been multiplied by `lr_factor` so far.
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
