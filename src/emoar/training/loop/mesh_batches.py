"""Training samples and batches of landmarks, from several runs of the face mesh over each face."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray

from emoar.errors import DataError, InputError
from emoar.progress import NO_PROGRESS, Progress, renamed
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.faces.landmarks import MeshJitter, crop_landmarks
from emoar.training.loop.augment import draw_mixing
from emoar.training.loop.epoch_batches import Batch, EpochBatches, TrainingSamples, mixed_targets
from emoar.training.networks.mesh_net import mirrored, pose_normalised
from emoar.training.recipe import Augmentation, Recipe

__all__ = ["MeshBatches", "MeshSamples", "Meshes", "check_mesh_recipe", "meshes_of"]

_APPLIES: Final = ("flip", "mixup")  # augmentation of landmarks; all other settings change pixels
_BATCH: Final = 4096


@dataclass(frozen=True, eq=False)
class Meshes:
    """The landmarks of the N faces of a dataset that have a mesh.

    Attributes:
        data: these faces.
        shapes: (R, N, 468, 3) float32 pose-normalised landmarks: the plain run of the mesh, then the jittered runs.
        found: (R, N) bool, whether the run found a mesh; always true for the plain run.
    """

    data: FaceDataset
    shapes: NDArray[np.float32]
    found: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class MeshSamples(TrainingSamples):
    """Training samples for a network of landmarks."""

    meshes: Meshes

    @property
    def inputs(self) -> NDArray[np.float32]:
        """(N, 468, 3) pose-normalised landmarks of the plain run."""
        return self.meshes.shapes[0]

    def batches(self, recipe: Recipe, epoch: int, rank: int = 0, processes: int = 1) -> MeshBatches:
        return MeshBatches(self, recipe, epoch, rank, processes)


class MeshBatches(EpochBatches):
    """The batches of one epoch: (n, 468, 3) float32 pose-normalised landmarks, and their targets.

    Each face is a random interpolation of two of its runs, so the mesh differs in every epoch. With `flip`, a face is
    mirrored with probability 0.5; with `mixup`, it is interpolated with a partner.
    """

    def __init__(self, samples: MeshSamples, recipe: Recipe, epoch: int, rank: int = 0, processes: int = 1) -> None:
        super().__init__(samples.truth, recipe, epoch, rank, processes)
        self._samples = samples

    def __getitem__(self, step: int) -> Batch:
        index, mine, rng = self._draw(step)
        shapes = self._shapes(index, rng)
        mixing = draw_mixing(len(index), 1, self._settings, rng)
        keep, partner = mixing.keep[mine, None], mixing.partner[mine]
        mixed = keep[..., None] * shapes[mine] + (1 - keep[..., None]) * shapes[partner]
        return torch.from_numpy(mixed), mixed_targets(self._samples.targets, index[mine], index[partner], keep)

    def _shapes(self, index: NDArray[np.int64], rng: Generator) -> NDArray[np.float32]:
        share = rng.random((len(index), 1, 1)).astype(np.float32)
        first, second = self._run(index, rng), self._run(index, rng)
        shapes = (share * first + (1 - share) * second).astype(np.float32, copy=False)
        turned = rng.random(len(index)) < (0.5 if self._settings.flip else 0.0)
        shapes[turned] = mirrored(shapes[turned])
        return shapes

    def _run(self, index: NDArray[np.int64], rng: Generator) -> NDArray[np.float32]:
        """The landmarks of a random run for each face; those of the plain run where the random run found no mesh."""
        meshes = self._samples.meshes
        run = rng.integers(len(meshes.shapes), size=len(index))
        return meshes.shapes[np.where(meshes.found[run, index], run, 0), index]


def meshes_of(data: FaceDataset, cache: Path, progress: Progress = NO_PROGRESS, runs: int = 0) -> Meshes:
    """Runs the mesh over the faces, once without changes and `runs` times with jitter, mirrored in every second run.

    Args:
        data: faces; those without a mesh in the plain run are left out.
        cache: a folder in which the landmarks of each run are cached.
        progress: advances with each face of each run.
        runs: number of jittered runs after the plain run.

    Raises:
        DataError: no face has a mesh.
        ModelMissing: the public mesh model is not on this machine.
        OutputError: the cache cannot be written.
    """
    plain = crop_landmarks(data.images, cache, progress=progress)
    has = np.flatnonzero(plain.found)
    if not len(has):
        raise DataError("no face of the data has a mesh: a network of landmarks cannot learn from it")
    shapes, found = [_normalised(plain.landmarks_px[has])], [np.ones(len(has), np.bool_)]
    for seed in range(runs):
        jitter = MeshJitter(mirrored=bool(seed % 2), seed=seed)
        name = f"face mesh, run {seed + 2} of {runs + 1}"
        run = crop_landmarks(data.images, cache, jitter, renamed(progress, name))
        shape = _normalised(run.landmarks_px[has])
        shapes.append(mirrored(shape) if jitter.mirrored else shape)
        found.append(run.found[has])
    return Meshes(data.take(has), np.stack(shapes), np.stack(found))


def check_mesh_recipe(recipe: Recipe) -> None:
    """Checks that a recipe for a network of landmarks has no settings that apply to pixels only.

    Raises:
        InputError: the recipe has such settings; the error names them.
    """
    defaults = {field.name: field.default for field in dataclasses.fields(Augmentation)}
    idle = [f"augment.{name}" for name, value in defaults.items() if getattr(recipe.augment, name) != value]
    idle = [name for name in idle if name.removeprefix("augment.") not in _APPLIES]
    fixed = {"channels": 1, "upsample_px": 0, "realigned": 0.0, "tta_flip": False, "pretrained": False}
    fixed["teacher_views"] = False
    idle += [name for name, value in fixed.items() if getattr(recipe, name) != value]
    if idle:
        raise InputError(
            f"recipe: {', '.join(idle)} has no effect on {recipe.architecture}, which takes landmarks: leave it out"
        )


def _normalised(landmarks_px: NDArray[np.float32]) -> NDArray[np.float32]:
    parts = [
        pose_normalised(torch.from_numpy(landmarks_px[start : start + _BATCH])).numpy()
        for start in range(0, len(landmarks_px), _BATCH)
    ]
    return np.concatenate(parts)
