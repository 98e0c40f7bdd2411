"""The network as it is exported: with its temperatures and softmax, and the faces that the files are checked on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn

from emoar.errors import DataError
from emoar.models.inputs import CropInput, Layout
from emoar.models.metadata import ModelInfo
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.evaluation.calibration import fit_temperature
from emoar.training.evaluation.metrics import labelled
from emoar.training.evaluation.predictor_torch import TorchPredictor
from emoar.training.faces.inputs import FaceBatch, Faces, evenly_spaced, face_batch, prepare_faces

__all__ = [
    "CALIBRATION_FACES",
    "CHECKED_FACES",
    "CalibratedNetwork",
    "ExportInput",
    "Temperatures",
    "fit_temperatures",
    "prepare",
]

CALIBRATION_FACES: Final = 2048
CHECKED_FACES: Final = 500
_BATCH: Final = 256

Temperatures = Mapping[str, float]  # by label set: what divides the logits so that confidences match accuracies


class CalibratedNetwork(nn.Module):
    """Faces -> calibrated probabilities of each label set, by its name.

    The input is the tensor of `info.input`: (N, S, S, C) float32 crops in 0..255, or (N, C, S, S) with
    `channels_first`; for a mesh model (N, 468, 3) float32 landmarks in pixels.
    """

    def __init__(
        self, network: nn.Module, temperatures: Temperatures, info: ModelInfo, *, channels_first: bool = False
    ) -> None:
        super().__init__()
        self.network = network
        self.temperatures = dict(temperatures)
        self.info = info
        self.layout: Layout = "channels_first" if channels_first else "channels_last"

    def forward(self, face: Tensor) -> dict[str, Tensor]:
        takes = self.info.input
        if self.layout == "channels_last" and isinstance(takes, CropInput):
            side = takes.size_px
            # one channel: the two layouts are the same bytes
            face = face.reshape(face.shape[0], 1, side, side) if takes.channels == 1 else face.permute(0, 3, 1, 2)
        logits = self.network(face)
        return {name: torch.softmax(logits[name] / t, dim=1) for name, t in self.temperatures.items()}

    def sample(self) -> Tensor:
        """One input, for converters that trace."""
        return torch.from_numpy(self.info.input.sample(self.layout))


@dataclass(frozen=True, eq=False)
class ExportInput:
    """A trained network and all that its export needs."""

    network: nn.Module  # in evaluation mode; gives logits by label set
    info: ModelInfo
    temperatures: Temperatures
    calibration: Faces  # for int8: the ranges of the activations are measured on them
    checked: FaceBatch  # the faces on which the exports are compared

    def net(self, *, channels_first: bool = False) -> CalibratedNetwork:
        """The network that is written to a file."""
        module = CalibratedNetwork(self.network, self.temperatures, self.info, channels_first=channels_first)
        return module.eval()


def prepare(network: nn.Module, info: ModelInfo, data: FaceDataset) -> ExportInput:
    """Temperatures and checked faces from `PublicTest`, calibration faces from `Training`, each evenly spaced.

    Where a split is missing, all faces are used instead; without `PublicTest` the temperatures are 1. A mesh model
    gets the landmarks of the faces that have a mesh.

    Raises:
        DataError: the data is empty, or no face has a mesh.
        ModelMissing: a mesh model needs landmarks, and the public mesh model is not on this machine.
    """
    if not len(data):
        raise DataError("there are no faces to check the export on: give --data with some hundred")
    splits = set(data.split.tolist())
    held_out = data.of_split("PublicTest") if "PublicTest" in splits else None
    training = data.of_split("Training") if "Training" in splits else data
    temperatures = fit_temperatures(network, info, held_out) if held_out else dict.fromkeys(info.heads, 1.0)
    calibration, _ = face_batch(evenly_spaced(training.images, CALIBRATION_FACES), [info.input])
    checked, _ = face_batch(evenly_spaced((held_out or data).images, CHECKED_FACES), [info.input])
    return ExportInput(network, info, temperatures, prepare_faces(calibration, info.input), checked)


def fit_temperatures(network: nn.Module, info: ModelInfo, data: FaceDataset) -> Temperatures:
    """The temperatures with the least negative log-likelihood on `data` (`PublicTest`; never the test split).

    Raises:
        DataError: a mesh model needs landmarks, and no face has a mesh.
    """
    predictor = TorchPredictor(network, info)
    faces, found = face_batch(data.images, predictor.inputs)
    batches = [predictor.logits(faces[start : start + _BATCH]) for start in range(0, len(faces), _BATCH)]
    return {
        name: fit_temperature(
            *labelled(np.concatenate([logits[name].numpy() for logits in batches]), data.truth(name)[found])
        )
        for name in info.heads
    }
