"""Distils the teacher into `emoar-measures`: labelled crops in, a trained network out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from emoar.errors import DataError, InputError
from emoar.labels import category
from emoar.progress import NO_PROGRESS, Progress
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.targets import NO_LABEL
from emoar.training.faces.landmarks import crop_landmarks
from emoar.training.loop.mesh_batches import meshes_of
from emoar.training.measures.network import MeasureNet, shown
from emoar.training.measures.teacher import BLENDSHAPES, OTHER_SIDE, crop_blendshapes
from emoar.training.networks.mesh_net import mirrored

__all__ = ["DistillOptions", "Examples", "agreement", "distill", "examples_of", "rest_of"]

_BATCH: Final = 256
_LEAST_DEVIATION: Final = 3e-3  # of a value; those that hardly move are not enlarged
Array = NDArray[np.float32]


@dataclass(frozen=True)
class DistillOptions:
    """Settings of the training.

    Raises:
        InputError: a value is out of range.
    """

    epochs: int = 20
    runs: int = 2  # of the mesh with jitter, besides the plain one
    lr: float = 4e-3  # the highest, of one cycle
    weight_decay: float = 1e-2
    dropout: float = 0.1
    seed: int = 0

    def __post_init__(self) -> None:
        if self.epochs < 1 or self.runs < 0 or not 0 <= self.dropout < 1 or not self.lr > 0:
            raise InputError(f"epochs, runs, dropout or lr is out of range: {self}")


@dataclass(frozen=True, eq=False)
class Examples:
    """The faces of one split that have a mesh.

    Attributes:
        shapes: (R, N, 468, 3) upright landmarks: the plain run of the mesh, then the jittered runs.
        found: (R, N) bool, whether the run found a mesh.
        values: (N, 52) of the teacher, in the order of `BLENDSHAPES`.
        neutral: (N,) bool, whether every label set that the data has calls the face neutral.
    """

    shapes: Array
    found: NDArray[np.bool_]
    values: Array
    neutral: NDArray[np.bool_]


def examples_of(
    data: FaceDataset, teacher: Path, cache: Path, runs: int = 0, progress: Progress = NO_PROGRESS
) -> Examples:
    """Runs mesh and teacher over the faces; about 13 ms a face, and 2.5 ms for each further run.

    Raises:
        DataError: no face has a mesh.
        InputError: the teacher's file does not exist.
        ModelMismatch: it is another file.
        ModelMissing: the public mesh model is not on this machine.
        OutputError: the cache cannot be written.
    """
    meshes = meshes_of(data, cache, progress, runs)
    landmarks = crop_landmarks(data.images, cache)
    values = crop_blendshapes(data.images, landmarks, teacher, cache, progress).values[landmarks.found]
    return Examples(meshes.shapes, meshes.found, values, _neutral(meshes.data))


def distill(examples: Examples, options: DistillOptions, progress: Progress = NO_PROGRESS) -> MeasureNet:
    """Trains a network on the examples and their mirror images.

    The error of each value counts relative to its deviation, so that small movements count as much as large ones.
    """
    torch.manual_seed(options.seed)
    inputs, targets = (torch.from_numpy(each) for each in _pairs(examples))
    net = MeasureNet(inputs.mean(dim=0).numpy(), inputs.std(dim=0).numpy(), options.dropout)
    last = net.layers[-1]
    deviation = targets.std(dim=0).clamp_min(_LEAST_DEVIATION)
    with torch.no_grad():
        last.get_parameter("bias").copy_(torch.logit(targets.mean(dim=0).clamp(1e-3, 1 - 1e-3)))
    steps = len(inputs) // _BATCH or 1
    optimiser = torch.optim.AdamW(net.parameters(), lr=options.lr, weight_decay=options.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, options.lr, options.epochs * steps)
    for epoch in range(options.epochs):
        for batch in torch.randperm(len(inputs)).split(_BATCH)[:steps]:
            optimiser.zero_grad()
            (((net(inputs[batch]) - targets[batch]) / deviation) ** 2).mean().backward()
            optimiser.step()
            schedule.step()
        progress("epoch", epoch + 1, options.epochs)
    return net.eval()


def rest_of(net: MeasureNet, examples: Examples) -> Array:
    """(52,) mean values of the neutral faces.

    Raises:
        DataError: there is no neutral face.
    """
    if not examples.neutral.any():
        raise DataError("no face is neutral: the values of a face at rest are unknown")
    return _values(net, examples.shapes[0][examples.neutral]).mean(axis=0)


def agreement(net: MeasureNet, examples: Examples) -> dict[str, float]:
    """The correlation of each value with the teacher's, by name; 0 where one of them never moves."""
    found = _values(net, examples.shapes[0])
    pairs = zip(found.T, examples.values.T, strict=True)
    return {name: _correlation(*pair) for name, pair in zip(BLENDSHAPES, pairs, strict=True)}


def _pairs(examples: Examples) -> tuple[Array, Array]:
    """(M, 408) inputs of all runs and of their mirror images, and the (M, 52) values of each."""
    inputs: list[Array] = []
    values: list[Array] = []
    for run, found in zip(examples.shapes, examples.found, strict=True):
        inputs += [shown(run[found]), shown(mirrored(run[found]))]
        values += [examples.values[found], examples.values[found][:, OTHER_SIDE]]
    return np.concatenate(inputs), np.concatenate(values)


@torch.no_grad()
def _values(net: MeasureNet, shapes: Array) -> Array:
    return np.concatenate([net(part).numpy() for part in torch.from_numpy(shown(shapes)).split(4096)])


def _correlation(first: Array, second: Array) -> float:
    if first.std() < 1e-6 or second.std() < 1e-6:
        return 0.0
    return float(np.corrcoef(first, second)[0, 1])


def _neutral(data: FaceDataset) -> NDArray[np.bool_]:
    neutral = np.zeros(len(data), np.bool_)
    for index, (name, names) in enumerate(data.label_sets.items()):
        labels = np.array([category(label) == "neutral" for label in names])
        truth = data.truth(name)
        here = (truth != NO_LABEL) & labels[np.maximum(truth, 0)]
        neutral = here if index == 0 else neutral & here
    return neutral
