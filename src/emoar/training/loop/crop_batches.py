"""Training samples and batches of crops, with augmentation and mixing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from emoar.models.inputs import CropInput
from emoar.training.distillation.view_teachers import ViewTeachers
from emoar.training.loop.augment import augment, draw_mixing
from emoar.training.loop.degrade import degrade
from emoar.training.loop.epoch_batches import Batch, EpochBatches, TrainingSamples, mixed_targets
from emoar.training.loop.targets import TEACHER
from emoar.training.recipe import Recipe

__all__ = ["CropBatches", "CropSamples"]


@dataclass(frozen=True, eq=False)
class CropSamples(TrainingSamples):
    """Training samples for a network of crops; some faces also have the crop of the live pipeline."""

    images: NDArray[np.uint8]  # (N, S, S) grey or (N, S, S, 3) RGB
    realigned: NDArray[np.uint8] | None = None  # crops of the live pipeline, in the shape of `images`
    has_realigned: NDArray[np.bool_] | None = None  # (N,) whether a face has such a crop
    view_teachers: ViewTeachers | None = None  # teachers of the augmented faces; None where targets have their answers

    @property
    def inputs(self) -> NDArray[np.uint8]:
        return self.images

    def batches(self, recipe: Recipe, epoch: int, rank: int = 0, processes: int = 1) -> CropBatches:
        return CropBatches(self, recipe, epoch, rank, processes)


class CropBatches(EpochBatches):
    """The batches of one epoch: (n, C, S, S) float32 crops in 0..255, and their targets."""

    def __init__(self, samples: CropSamples, recipe: Recipe, epoch: int, rank: int = 0, processes: int = 1) -> None:
        super().__init__(samples.truth, recipe, epoch, rank, processes)
        self._samples = samples
        self._input = CropInput(samples.images.shape[1], 1 if samples.images.ndim == 3 else 3)

    def __getitem__(self, step: int) -> Batch:
        index, mine, rng = self._draw(step)
        seeds = rng.integers(0, 2**62, len(index))
        mixing = draw_mixing(len(index), self._input.size_px, self._settings, rng)
        swapped = rng.random(len(index)) < self._recipe.realigned
        partners = mixing.partner[mine]
        needed = np.unique(np.concatenate([mine, partners]))
        faces = augment(self._images(index[needed], swapped[needed]), self._settings, seeds[needed])
        place = np.searchsorted(needed, mine), np.searchsorted(needed, partners)
        pairs = zip(mine.tolist(), *(p.tolist() for p in place), strict=True)
        mixed = np.stack([mixing.blend(i, faces[own], faces[other]) for i, own, other in pairs])
        targets = mixed_targets(self._samples.targets, index[mine], index[partners], mixing.keep[mine, None])
        if self._samples.view_teachers is not None:
            answers = self._samples.view_teachers(mixed)
            targets |= {TEACHER + name: torch.from_numpy(values) for name, values in answers.items()}
        degraded = degrade(mixed, self._settings, seeds[mine] ^ 1)
        return torch.from_numpy(self._input.to_batch(degraded)), targets

    def _images(self, index: NDArray[np.int64], swapped: NDArray[np.bool_]) -> NDArray[np.uint8]:
        images = self._samples.images[index]
        realigned, has = self._samples.realigned, self._samples.has_realigned
        if realigned is not None and has is not None:
            use = swapped & has[index]
            images[use] = realigned[index[use]]
        return images
