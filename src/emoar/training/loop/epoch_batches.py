"""Base classes of training samples and of the batches of one epoch, for every kind of input.

A batch depends only on the seed, the epoch and its index: it is the same for any number of workers or processes and
in a resumed run.
"""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from emoar.models.inputs import InputValues
from emoar.training.loop.targets import draw_order
from emoar.training.recipe import Recipe

__all__ = ["Batch", "EpochBatches", "TrainingSamples", "mixed_targets"]

Batch = tuple[Tensor, dict[str, Tensor]]  # network input of n faces, and (n, labels) targets by name


@dataclass(frozen=True, eq=False)
class TrainingSamples(ABC):
    """The N training faces of a run as network inputs, with their targets."""

    targets: Mapping[str, NDArray[np.float32]]  # name -> (N, labels); soft targets of teachers are named teacher/SET
    truth: NDArray[np.int64]  # (N,) label indices, or NO_LABEL, for balanced sampling

    @property
    @abstractmethod
    def inputs(self) -> InputValues:
        """(N, ...) inputs of the network without augmentation."""

    @abstractmethod
    def batches(self, recipe: Recipe, epoch: int, rank: int = 0, processes: int = 1) -> EpochBatches:
        """The batches of an epoch for one process.

        Args:
            recipe: batch size, seed, sampling and augmentation.
            epoch: from 0.
            rank: of the process, from 0.
            processes: number of processes, which divides the batch size.
        """


class EpochBatches(Dataset[Batch]):
    """The batches of one epoch for one process; item `step` is this process's share of batch `step`."""

    def __init__(self, truth: NDArray[np.int64], recipe: Recipe, epoch: int, rank: int, processes: int) -> None:
        self._order = draw_order(truth, recipe.balanced_sampling, np.random.default_rng((recipe.seed, epoch)))
        self._recipe, self._epoch = recipe, epoch
        share = recipe.batch_size // processes
        self._mine = slice(rank * share, (rank + 1) * share)
        without_mixing = epoch >= recipe.epochs - recipe.no_mix_epochs
        plain = dataclasses.replace(recipe.augment, mixup=0.0, cutmix=0.0, erasing=0.0)
        self._settings = plain if without_mixing else recipe.augment

    def __len__(self) -> int:
        return max(1, len(self._order) // self._recipe.batch_size)

    @abstractmethod
    def __getitem__(self, step: int) -> Batch: ...

    def _draw(self, step: int) -> tuple[NDArray[np.int64], NDArray[np.int64], Generator]:
        """The faces of the full batch, the positions of this process's share in it, and the generator of the batch."""
        size = self._recipe.batch_size
        index = self._order[step * size : (step + 1) * size]
        return index, np.arange(len(index))[self._mine], np.random.default_rng((self._recipe.seed, self._epoch, step))


def mixed_targets(
    targets: Mapping[str, NDArray[np.float32]],
    own: NDArray[np.int64],
    partners: NDArray[np.int64],
    keep: NDArray[np.float32],
) -> dict[str, Tensor]:
    """Mixes targets as mixup and cutmix do; returns (n, labels) tensors by name.

    Args:
        targets: (N, labels) by name.
        own: (n,) positions of the faces.
        partners: (n,) positions of their partners.
        keep: (n, 1) weight of the faces, 0..1; the partners have the rest.
    """
    return {
        name: torch.from_numpy(keep * values[own] + (1 - keep) * values[partners]) for name, values in targets.items()
    }
