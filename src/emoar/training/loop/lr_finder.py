"""The learning-rate range test: a short run whose rate rises until the loss diverges (Smith, 2017)."""

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
from emoar.progress import NO_LOG, NO_PROGRESS, Progress
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.hardware import Hardware, fabric_of
from emoar.training.loop.samples import prepare_samples
from emoar.training.loop.train import new_trainer
from emoar.training.recipe import Recipe

__all__ = ["LrCurve", "find_lr", "suggest"]

_SMOOTHING: Final = 0.9  # decay per step of the moving average of the loss
_DIVERGED: Final = 3.0  # the sweep ends when the loss exceeds the lowest loss so far by this factor
_MARGIN: Final = 10.0  # a good peak rate is lower by this factor than the rate of the lowest loss


@dataclass(frozen=True)
class LrCurve:
    """The smoothed loss at each learning rate, and the suggested rate."""

    rates: tuple[float, ...]  # ascending
    losses: tuple[float, ...]  # smoothed, one for each rate
    suggestion: float  # value for `lr` in the recipe


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
    """Trains for a few batches with a rate that rises exponentially; writes no files.

    Args:
        recipe: all other settings of the run.
        data: labelled faces with the splits `Training` and `PublicTest`.
        steps: number of batches, at least 10.
        lowest: first rate, above 0.
        highest: last rate, above `lowest`.
        hardware: where to compute; None uses a GPU where there is one.
        progress: advances with each batch.

    Raises:
        InputError: the range is empty, there are too few steps, or the hardware or recipe is not usable.
        TrainingError: fewer than 5 steps have a finite loss, or the network or a teacher cannot be built.
        DataError: a split is missing, or no face has a label or a mesh that is needed.
        ModelMissing: a model that the recipe names is not on this machine.
        DependencyMissing: lightning-fabric or timm is not installed.
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
    """A peak rate for a schedule: a tenth of the rate at which the loss is lowest.

    Args:
        rates: learning rates, ascending; at least one.
        losses: the smoothed loss at each rate.
    """
    return float(f"{rates[int(np.argmin(losses))] / _MARGIN:.1e}")
