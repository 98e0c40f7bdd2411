"""The learning-rate finder: a short run whose rate rises until the loss goes up (Smith, 2017)."""

from __future__ import annotations

import dataclasses
import math
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from emoar.errors import InputError, TrainingError
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.hardware import Hardware, fabric_of
from emoar.training.loop.samples import prepare_samples
from emoar.training.loop.train import new_trainer
from emoar.training.progress import NO_LOG, NO_PROGRESS, Progress
from emoar.training.recipe import Recipe

__all__ = ["LrCurve", "find_lr", "suggest"]

_SMOOTHING: Final = 0.9  # of the loss, per step
_DIVERGED: Final = 3.0  # times the lowest loss so far: the sweep ends
_MARGIN: Final = 10.0  # a good peak lies this factor below the rate at which the loss starts to rise


@dataclass(frozen=True)
class LrCurve:
    """The smoothed loss at each rate, and what follows."""

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    suggestion: float  # for `lr`


def find_lr(
    recipe: Recipe,
    data: FaceDataset,
    *,
    steps: int = 100,
    lowest: float = 1e-5,
    highest: float = 10.0,
    hardware: Hardware | None = None,
    progress: Progress = NO_PROGRESS,
) -> LrCurve:
    """Runs `steps` batches of the recipe with a rate that rises from `lowest` to `highest`; nothing is kept.

    Raises:
        InputError: the range is empty or too few steps.
        TrainingError: the loss is not finite from the start.
    """
    if steps < 10 or not 0 < lowest < highest:
        raise InputError(
            f"the finder needs 10 steps or more and 0 < lowest < highest, got {steps}, {lowest}, {highest}"
        )
    hardware = hardware or Hardware()
    recipe = dataclasses.replace(
        recipe, schedule="constant", compile=False, batch_size=min(recipe.batch_size, len(data))
    )
    rates: list[float] = []
    losses: list[float] = []
    mean = 0.0
    fabric = fabric_of(hardware, recipe)
    with tempfile.TemporaryDirectory() as cache:
        prepared = prepare_samples(recipe, data, Path(cache), fabric.rank_zero_first, NO_LOG, NO_PROGRESS)
        trainer = new_trainer(recipe, prepared, fabric, hardware, NO_LOG)
        for step, loss in enumerate(trainer.lr_sweep(lambda at: lowest * (highest / lowest) ** (at / (steps - 1)))):
            if not math.isfinite(loss):
                break
            mean = _SMOOTHING * mean + (1 - _SMOOTHING) * loss
            losses.append(mean / (1 - _SMOOTHING ** (step + 1)))
            rates.append(lowest * (highest / lowest) ** (step / (steps - 1)))
            progress("finding", step + 1, steps)
            if step + 1 >= steps or losses[-1] > _DIVERGED * min(losses):
                break
    if len(losses) < 5:
        raise TrainingError("the loss is not finite even at the lowest rate: check the data with emoar data info")
    return LrCurve(tuple(rates), tuple(losses), suggest(rates, losses))


def suggest(rates: Sequence[float], losses: Sequence[float]) -> float:
    """A rate for the peak of a schedule: a tenth of where the loss was lowest, before it went up."""
    return float(f"{rates[int(np.argmin(losses))] / _MARGIN:.1e}")
