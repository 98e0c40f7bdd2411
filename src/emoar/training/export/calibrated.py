"""What leaves training: the network with its temperatures and softmax, and the faces that it is checked on."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# (torch is typed only in part)
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from emoar.errors import DataError
from emoar.models.metadata import ModelInfo
from emoar.training.data.read import NO_LABEL, FaceDataset
from emoar.training.faces.inputs import Faces, evenly_spaced, inputs_of, to_batch

__all__ = [
    "CALIBRATION_FACES",
    "CHECKED_FACES",
    "CalibratedNetwork",
    "ExportInput",
    "Temperatures",
    "fit_temperature",
    "fit_temperatures",
    "prepare",
]

CALIBRATION_FACES: Final = 2048
CHECKED_FACES: Final = 500
_BATCH: Final = 256

Temperatures = Mapping[str, float]  # by label set: what divides the logits so that confidences match accuracies


class CalibratedNetwork(nn.Module):
    """Faces -> calibrated probabilities of each label set, by its name.

    The input is (N, S, S, C) float32 crops in 0..255, or (N, C, S, S) with `channels_first`; for a mesh model
    (N, 468, 3) float32 landmarks in pixels.
    """

    def __init__(
        self, network: nn.Module, temperatures: Temperatures, info: ModelInfo, *, channels_first: bool = False
    ) -> None:
        super().__init__()
        self.network = network
        self.temperatures = dict(temperatures)
        self.info = info
        self.channels_first = channels_first or info.kind == "mesh"

    def forward(self, face: Tensor) -> dict[str, Tensor]:
        if not self.channels_first:
            side = self.info.size_px
            # one channel: the two layouts are the same bytes
            face = face.reshape(face.shape[0], 1, side, side) if self.info.channels == 1 else face.permute(0, 3, 1, 2)
        logits = self.network(face)
        return {name: torch.softmax(logits[name] / t, dim=1) for name, t in self.temperatures.items()}

    def sample(self) -> Tensor:
        """One input, for converters that trace."""
        if self.info.kind == "mesh":
            # points of distinct places: a network that divides by the size of a face must not divide by zero
            return torch.linspace(1.0, 200.0, 468 * 3).reshape(3, 468).T[None].contiguous()
        side, channels = self.info.size_px, self.info.channels
        shape = (1, channels, side, side) if self.channels_first else (1, side, side, channels)
        return torch.full(shape, 127.0)


@dataclass(frozen=True, eq=False)
class ExportInput:
    """A trained network and all that its export needs."""

    network: nn.Module  # in evaluation mode; gives logits by label set
    info: ModelInfo
    temperatures: Temperatures
    calibration: Faces  # for int8: what the ranges of the activations are taken from
    checked: Faces  # what the exports are compared on

    def net(self, *, channels_first: bool = False) -> CalibratedNetwork:
        """The network that is written to a file."""
        module = CalibratedNetwork(self.network, self.temperatures, self.info, channels_first=channels_first)
        return module.eval()


def prepare(network: nn.Module, info: ModelInfo, data: FaceDataset) -> ExportInput:
    """Temperatures and checked faces from `PublicTest`, calibration faces from `Training`, each evenly spaced.

    Data that lacks a split gives what it has; without `PublicTest` the temperatures are 1. A mesh model gets the
    landmarks of the faces, where there is a mesh.

    Raises:
        DataError: the data is empty, or no face has a mesh.
        ModelMissing: a mesh model needs landmarks, and the public mesh model is not on this machine.
    """
    if not len(data):
        raise DataError("there are no faces to check the export on: give --data with some hundred")
    have = set(data.split.tolist())
    held_out = data.of_split("PublicTest") if "PublicTest" in have else None
    training = data.of_split("Training") if "Training" in have else data
    temperatures = fit_temperatures(network, held_out, info) if held_out else dict.fromkeys(info.heads, 1.0)
    calibration = inputs_of(evenly_spaced(training.images, CALIBRATION_FACES), info)[0]
    checked = inputs_of(evenly_spaced((held_out or data).images, CHECKED_FACES), info)[0]
    return ExportInput(network, info, temperatures, calibration, checked)


def fit_temperatures(network: nn.Module, data: FaceDataset, info: ModelInfo | None = None) -> Temperatures:
    """The temperatures with the least negative log-likelihood on `data` (`PublicTest`; never the test split).

    Args:
        network: gives logits of each label set.
        data: labelled faces.
        info: the size and colour that the network takes; None: those of the data.
    """
    heads = list(info.heads if info else getattr(network, "heads", ()))
    if info is None:
        info = ModelInfo("", "crop", data.label_sets, data.images.shape[1], 3 if data.colour else 1)
    logits: dict[str, list[Tensor]] = {name: [] for name in heads}
    inputs, kept = inputs_of(data.images, info)
    with torch.no_grad():
        for start in range(0, len(inputs), _BATCH):
            faces = to_batch(inputs[start : start + _BATCH], channels_first=True)
            for name, values in network(torch.from_numpy(faces)).items():
                logits[name].append(values)
    return {name: fit_temperature(torch.cat(logits[name]), data.truth(name)[kept]) for name in heads}


def fit_temperature(logits: Tensor, labels: NDArray[np.int64]) -> float:
    """The temperature of (N, C) logits with the least negative log-likelihood; 1 where there are no labels."""
    known = torch.from_numpy(labels != NO_LABEL)
    if not bool(known.any()):
        return 1.0
    logits, target = logits[known].double(), torch.from_numpy(labels)[known]
    log_temperature = torch.zeros((), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([log_temperature], max_iter=60, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(logits / log_temperature.exp(), target)
        loss.backward()
        return loss

    optimizer.step(closure)
    # data that a network knows by heart would have it divide by nothing
    return float(np.clip(float(log_temperature.detach().exp()), 0.05, 20.0))
