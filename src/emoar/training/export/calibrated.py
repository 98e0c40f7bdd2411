"""What leaves training: the network with its temperatures and softmax, and the faces that it is checked on."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# (torch is typed only in part)
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from emoar.errors import DataError
from emoar.models.metadata import ModelInfo
from emoar.perception.align import crop_as
from emoar.training.data.read import NO_LABEL, FaceDataset

__all__ = [
    "CALIBRATION_FACES",
    "CHECKED_FACES",
    "Exportable",
    "ExportableNet",
    "Faces",
    "Temperatures",
    "as_batch",
    "brought_to",
    "fit_temperature",
    "fit_temperatures",
    "inputs_of",
    "prepare",
    "spread",
]

CALIBRATION_FACES: Final = 2048
CHECKED_FACES: Final = 500
_BATCH: Final = 256

Temperatures = Mapping[str, float]  # by label set: what divides the logits so that confidences match accuracies
Faces = NDArray[np.uint8] | NDArray[np.float32]  # (N, S, S) grey, (N, S, S, 3) RGB, or (N, 468, 3) landmarks in px


class ExportableNet(nn.Module):
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
            # no face, but spread out as one: a network that divides by the size of a face must not divide by nothing
            return torch.linspace(1.0, 200.0, 468 * 3).reshape(3, 468).T[None].contiguous()
        side, channels = self.info.size_px, self.info.channels
        shape = (1, channels, side, side) if self.channels_first else (1, side, side, channels)
        return torch.full(shape, 127.0)


@dataclass(frozen=True, eq=False)
class Exportable:
    """A trained network and all that its export needs."""

    network: nn.Module  # in evaluation mode; gives logits by label set
    info: ModelInfo
    temperatures: Temperatures
    calibration: Faces  # for int8: what the ranges of the activations are taken from
    checked: Faces  # what the exports are compared on

    def net(self, *, channels_first: bool = False) -> ExportableNet:
        """The network that is written to a file."""
        module = ExportableNet(self.network, self.temperatures, self.info, channels_first=channels_first)
        return module.eval()


def prepare(network: nn.Module, info: ModelInfo, data: FaceDataset) -> Exportable:
    """Temperatures and checked faces from `PublicTest`, calibration faces from `Training`, each evenly spread.

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
    calibration = inputs_of(spread(training.images, CALIBRATION_FACES), info)[0]
    checked = inputs_of(spread((held_out or data).images, CHECKED_FACES), info)[0]
    return Exportable(network, info, temperatures, calibration, checked)


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
            faces = as_batch(inputs[start : start + _BATCH], channels_first=True)
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


def spread(faces: Any, count: int) -> Any:
    """At most `count` of the faces, evenly spread over all."""
    return faces[np.unique(np.linspace(0, len(faces) - 1, min(count, len(faces))).astype(int))]


def brought_to(faces: NDArray[np.uint8], info: ModelInfo) -> NDArray[np.uint8]:
    """(N, S, S) or (N, S, S, 3) crops in the size and colour that a model takes."""
    wanted = (info.size_px, info.size_px, *(() if info.channels == 1 else (3,)))
    if faces.shape[1:] == wanted:
        return faces
    return np.stack([crop_as(face, info.size_px, info.channels) for face in faces])


def as_batch(faces: Faces, *, channels_first: bool) -> NDArray[np.float32]:
    """Crops as (N, S, S, C) or (N, C, S, S) float32; landmarks as they are."""
    values = faces.astype(np.float32)
    if faces.dtype != np.uint8:
        return values
    values = values[..., None] if values.ndim == 3 else values
    return np.ascontiguousarray(values.transpose(0, 3, 1, 2)) if channels_first else values


def inputs_of(images: NDArray[np.uint8], info: ModelInfo) -> tuple[Faces, NDArray[np.bool_]]:
    """What the network takes, from crops, and which of them gave it: a crop without a mesh has no landmarks."""
    if info.kind == "crop":
        return brought_to(images, info), np.ones(len(images), np.bool_)
    from emoar.training.faces.landmarks import crop_landmarks

    found = crop_landmarks(images)
    if not found.found.any():
        raise DataError("no face of the data has a mesh: a mesh model cannot be checked on it")
    return found.landmarks_px[found.found], found.found
