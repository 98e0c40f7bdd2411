"""A model soup: the mean of the weights of several runs (Wortsman et al., 2022).

The mean is often more accurate than each run, at the size and speed of one model. The runs must start from the same
weights or continue from one another; runs from different random weights have no useful mean.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor

from emoar.errors import InputError, TrainingError
from emoar.training.checkpoint import Checkpoint
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.faces.inputs import evenly_spaced, face_batch, prepare_faces
from emoar.training.networks.recompute_batchnorm import STATISTICS_FACES, Normalisation, recompute_batchnorm
from emoar.training.run_folder import RunFolder

__all__ = ["average"]


def average(checkpoints: Sequence[Path], data: FaceDataset, output: Path, shares: Sequence[float] = ()) -> Path:
    """Writes `output/final.pt` with the mean of the weights.

    The BatchNorm statistics are recomputed, unless all runs have the same ones (`keep_batchnorm`).

    Args:
        checkpoints: `final.pt` of two or more runs of one architecture.
        data: the training data; its `Training` faces give the BatchNorm statistics.
        output: the folder of the result, created if it does not exist.
        shares: a positive weight for each checkpoint, in any unit; empty gives all the same weight.

    Returns:
        The path of `final.pt`.

    Raises:
        InputError: there are fewer than two checkpoints, or `shares` does not fit.
        TrainingError: a file is not a checkpoint, or the architectures or labels differ.
        DataError: the data has no `Training` faces, or no face has a mesh that the network needs.
        ModelMissing: the network takes landmarks, and the public mesh model is not on this machine.
        OutputError: the folder cannot be written.
    """
    if len(checkpoints) < 2:
        raise InputError("a mean needs two checkpoints or more")
    shares = shares or [1.0] * len(checkpoints)
    if len(shares) != len(checkpoints) or not all(math.isfinite(share) and share > 0 for share in shares):
        raise InputError(f"shares must be {len(checkpoints)} positive numbers, one for each checkpoint, got {shares}")
    runs = [Checkpoint.load(path) for path in checkpoints]
    for run in runs[1:]:
        _check_alike(runs[0], run)
    mean = dataclasses.replace(runs[0], weights=_mean([run.weights for run in runs], shares), state={})
    if all(_same_statistics(runs[0], run) for run in runs[1:]):
        return RunFolder(output).save("final.pt", mean)
    network = mean.network()
    faces, _ = face_batch(evenly_spaced(data.of_split("Training").images, STATISTICS_FACES), [mean.input])
    normalisations = [module for module in network.modules() if isinstance(module, Normalisation)]
    recompute_batchnorm(network, prepare_faces(faces, mean.input), normalisations)
    return RunFolder(output).save("final.pt", dataclasses.replace(mean, weights=network.state_dict()))


def _same_statistics(first: Checkpoint, other: Checkpoint) -> bool:
    names = [name for name in first.weights if name.endswith(("running_mean", "running_var"))]
    return bool(names) and all(torch.equal(first.weights[name], other.weights[name]) for name in names)


def _mean(weights: Sequence[Mapping[str, Tensor]], shares: Sequence[float]) -> dict[str, Tensor]:
    parts = [share / sum(shares) for share in shares]
    mean = dict(weights[0])
    for name, first in weights[0].items():
        if first.is_floating_point():
            summed = sum(part * each[name].double() for part, each in zip(parts, weights, strict=True))
            assert isinstance(summed, Tensor)
            mean[name] = summed.to(first.dtype)
    return mean


def _check_alike(first: Checkpoint, other: Checkpoint) -> None:
    for what, expected, got in (
        ("architecture", first.architecture, other.architecture),
        ("labels", first.heads, other.heads),
    ):
        if got != expected:
            raise TrainingError(
                f"{other.path} has another {what} than {first.path}: only runs of the same network have a mean"
            )
    shapes = [{name: value.shape for name, value in run.weights.items()} for run in (first, other)]
    if shapes[0] != shapes[1]:
        raise TrainingError(f"{other.path} has layers of other shapes than {first.path}")
