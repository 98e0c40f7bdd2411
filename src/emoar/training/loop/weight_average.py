"""The mean of several runs' weights: often better than each of them, in the size and time of one.

It works for runs that went on from one another or from the same weights, whose networks therefore still say the same
with the same neurons (Wortsman et al., 2022); runs from scratch have no mean.
"""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# (torch is typed only in part)
from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from torch import Tensor

from emoar.errors import InputError, TrainingError
from emoar.training.checkpoint import open_checkpoint, read_state
from emoar.training.data.read import FaceDataset
from emoar.training.faces.inputs import evenly_spaced, inputs_of
from emoar.training.networks.recompute_batchnorm import STATISTICS_FACES, Normalisation, settle
from emoar.training.run_folder import RunFolder

__all__ = ["average"]


def average(checkpoints: Sequence[Path], data: FaceDataset, output: Path, shares: Sequence[float] = ()) -> Path:
    """Writes `output/final.pt`: the mean of the averaged weights, with normalisations settled on plain faces.

    Args:
        checkpoints: `final.pt` of two or more runs of one architecture.
        data: the faces that they learned from; those of `Training` settle the normalisations.
        output: folder of the result, as that of a run.
        shares: of each checkpoint, in any unit; empty is the same for all.

    Raises:
        InputError: fewer than two checkpoints, or shares that are not one positive number for each.
        TrainingError: a file is no checkpoint, or they are of different architectures or labels.
        DataError: the data has no `Training` faces.
        OutputError: the folder cannot be written.
    """
    if len(checkpoints) < 2:
        raise InputError("a mean needs two checkpoints or more")
    shares = shares or [1.0] * len(checkpoints)
    if len(shares) != len(checkpoints) or not all(math.isfinite(share) and share > 0 for share in shares):
        raise InputError(f"shares must be {len(checkpoints)} positive numbers, one for each checkpoint, got {shares}")
    states = [read_state(path) for path in checkpoints]
    for path, state in zip(checkpoints, states, strict=True):
        _check_alike(checkpoints[0], states[0], path, state)
    network, info = open_checkpoint(checkpoints[0])
    network.load_state_dict(_mean([state["averaged"] for state in states], shares))
    faces, _ = inputs_of(evenly_spaced(data.of_split("Training").images, STATISTICS_FACES), info)
    settle(network, faces, [module for module in network.modules() if isinstance(module, Normalisation)])
    folder = RunFolder(output)
    return folder.save("final.pt", {**states[0], "averaged": network.state_dict()})


def _mean(weights: Sequence[Mapping[str, Tensor]], shares: Sequence[float]) -> dict[str, Tensor]:
    parts = [share / sum(shares) for share in shares]
    mean = dict(weights[0])
    for name, first in weights[0].items():
        if first.is_floating_point():
            summed = sum(part * each[name].double() for part, each in zip(parts, weights, strict=True))
            assert isinstance(summed, Tensor)
            mean[name] = summed.to(first.dtype)
    return mean


def _check_alike(first: Path, wanted: Mapping[str, Any], path: Path, state: Mapping[str, Any]) -> None:
    for what, mine, theirs in (
        ("architecture", state["recipe"]["architecture"], wanted["recipe"]["architecture"]),
        ("labels", state["heads"], wanted["heads"]),
    ):
        if mine != theirs:
            raise TrainingError(f"{path} has another {what} than {first}: only runs of the same network have a mean")
    shapes, others = ({n: tuple(v.shape) for n, v in s["averaged"].items()} for s in (state, wanted))
    if shapes != others:
        raise TrainingError(f"{path} has layers of other shapes than {first}")
