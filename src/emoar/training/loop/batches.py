"""The batches of one epoch: faces changed at random, with their targets.

A batch depends on the seed, the epoch and its place alone: workers, processes and a resumed run all see the same.
"""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# (torch is typed only in part)
from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from emoar.training.loop.augment import augment, draw_mixing
from emoar.training.loop.targets import draw_order
from emoar.training.recipe import Recipe

__all__ = ["Batch", "Batches", "EpochBatches", "TrainingSamples", "mixed_targets", "to_input"]

Batch = tuple[Tensor, dict[str, Tensor]]  # (n, C, S, S) float32 faces, and (n, labels) targets by name


@dataclass(frozen=True, eq=False)
class TrainingSamples:
    """All that is learned from: N faces and what they are to be called."""

    images: NDArray[np.uint8]  # (N, S, S) or (N, S, S, 3)
    targets: Mapping[str, NDArray[np.float32]]  # name -> (N, labels); teachers' are named teacher/SET
    truth: NDArray[np.int64]  # (N,) the label that balanced sampling balances
    realigned: NDArray[np.uint8] | None = None  # as `images`: the same faces as the pipeline crops them
    has_realigned: NDArray[np.bool_] | None = None  # (N,) where there is such a crop

    @property
    def plain(self) -> NDArray[np.uint8]:
        """The faces as they are."""
        return self.images

    def batches(self, recipe: Recipe, epoch: int, rank: int = 0, processes: int = 1) -> Batches:
        """The batches of an epoch."""
        return Batches(self, recipe, epoch, rank, processes)


class EpochBatches(Dataset[Batch]):
    """What the batches of every kind of lesson share: the order of the faces, and which of a batch this process gets.

    Item `step` is this process's share of that batch.
    """

    def __init__(self, truth: NDArray[np.int64], recipe: Recipe, epoch: int, rank: int, processes: int) -> None:
        self._order = draw_order(truth, recipe.balanced_sampling, np.random.default_rng((recipe.seed, epoch)))
        self._recipe, self._epoch = recipe, epoch
        share = recipe.batch_size // processes
        self._mine = slice(rank * share, (rank + 1) * share)
        calm = epoch >= recipe.epochs - recipe.no_mix_epochs
        quiet = dataclasses.replace(recipe.augment, mixup=0.0, cutmix=0.0, erasing=0.0)
        self._settings = quiet if calm else recipe.augment

    def __len__(self) -> int:
        return max(1, len(self._order) // self._recipe.batch_size)

    def _draw(self, step: int) -> tuple[NDArray[np.int64], NDArray[np.int64], Generator]:
        """The faces of the whole batch, the places in it that are this process's, and what draws the batch."""
        size = self._recipe.batch_size
        index = self._order[step * size : (step + 1) * size]
        return index, np.arange(len(index))[self._mine], np.random.default_rng((self._recipe.seed, self._epoch, step))


def mixed_targets(
    targets: Mapping[str, NDArray[np.float32]],
    own: NDArray[np.int64],
    partners: NDArray[np.int64],
    keep: NDArray[np.float32],
) -> dict[str, Tensor]:
    """(n, labels) of each kind: `keep` (n, 1) of the faces' `own` and the rest of their `partners`."""
    return {
        name: torch.from_numpy(keep * values[own] + (1 - keep) * values[partners]) for name, values in targets.items()
    }


class Batches(EpochBatches):
    """Of crops: augmented, and mixed with a partner."""

    def __init__(self, lesson: TrainingSamples, recipe: Recipe, epoch: int, rank: int = 0, processes: int = 1) -> None:
        super().__init__(lesson.truth, recipe, epoch, rank, processes)
        self._lesson = lesson

    def __getitem__(self, step: int) -> Batch:
        index, mine, rng = self._draw(step)
        seeds = rng.integers(0, 2**62, len(index))
        mixing = draw_mixing(len(index), self._lesson.images.shape[1], self._settings, rng)
        swapped = rng.random(len(index)) < self._recipe.realigned
        partners = mixing.partner[mine]
        needed = np.unique(np.concatenate([mine, partners]))
        faces = augment(self._images(index[needed], swapped[needed]), self._settings, seeds[needed])
        place = np.searchsorted(needed, mine), np.searchsorted(needed, partners)
        pairs = zip(mine.tolist(), *(p.tolist() for p in place), strict=True)
        mixed = np.stack([mixing.blend(i, faces[own], faces[other]) for i, own, other in pairs])
        keep = mixing.keep[mine, None]
        return to_input(mixed), mixed_targets(self._lesson.targets, index[mine], index[partners], keep)

    def _images(self, index: NDArray[np.int64], swapped: NDArray[np.bool_]) -> NDArray[np.uint8]:
        images = self._lesson.images[index]
        realigned, has = self._lesson.realigned, self._lesson.has_realigned
        if realigned is not None and has is not None:
            use = swapped & has[index]
            images[use] = realigned[index[use]]
        return images


def to_input(images: NDArray[np.uint8] | NDArray[np.float32]) -> Tensor:
    """(N, S, S) or (N, S, S, 3) crops as the (N, C, S, S) float32 that networks take."""
    tensor = torch.from_numpy(np.ascontiguousarray(images)).float()
    return tensor[:, None] if tensor.ndim == 3 else tensor.permute(0, 3, 1, 2)
