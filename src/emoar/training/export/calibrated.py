"""The exported network with temperatures and softmax, and the faces for its verification."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn

from emoar.errors import DataError
from emoar.models.inputs import CropInput, Layout
from emoar.models.metadata import FEATURES, ModelInfo
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.evaluation.calibration import fit_temperature
from emoar.training.evaluation.metrics import labelled
from emoar.training.evaluation.predictor_torch import TorchPredictor
from emoar.training.faces.inputs import FaceBatch, evenly_spaced, face_batch
from emoar.training.networks.base import ExpressionNetwork

__all__ = [
    "CHECKED_FACES",
    "CalibratedNetwork",
    "ExportInput",
    "Temperatures",
    "fit_temperatures",
    "prepare",
]

CHECKED_FACES: Final = 500  # for the comparison with the network
_BATCH: Final = 256

Temperatures = Mapping[str, float]  # label set -> divisor of its logits, which calibrates the confidences


class CalibratedNetwork(nn.Module):
    """A network with calibrated probabilities (N, labels) by label set as its outputs, and its features (N, width).

    The input is (N, S, S, C) float32 crops in 0..255, or (N, C, S, S) with `channels_first`; for a mesh model, it is
    (N, 468, 3) float32 landmarks in pixels.
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
            # with one channel, both layouts have the same memory order
            face = face.reshape(face.shape[0], 1, side, side) if takes.channels == 1 else face.permute(0, 3, 1, 2)
        if not isinstance(self.network, ExpressionNetwork):
            return self._probabilities(self.network(face))
        features = self.network.features(self.network.preprocess(face))
        return {**self._probabilities(self.network.logits(features)), FEATURES: features}

    def _probabilities(self, logits: Mapping[str, Tensor]) -> dict[str, Tensor]:
        return {name: torch.softmax(logits[name] / t, dim=1) for name, t in self.temperatures.items()}

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of the outputs, in order."""
        return (*self.temperatures, *([FEATURES] if isinstance(self.network, ExpressionNetwork) else []))

    def sample(self) -> Tensor:
        """An input of one face, for tracing by converters."""
        return torch.from_numpy(self.info.input.sample(self.layout))


@dataclass(frozen=True, eq=False)
class ExportInput:
    """A trained network with its description, temperatures and faces, as input of an export."""

    network: nn.Module  # network in evaluation mode, which returns logits by label set
    info: ModelInfo
    temperatures: Temperatures
    checked: FaceBatch  # faces for the comparison of the exports with the network

    def net(self, *, channels_first: bool = False) -> CalibratedNetwork:
        """The network to convert, in evaluation mode."""
        module = CalibratedNetwork(self.network, self.temperatures, self.info, channels_first=channels_first)
        return module.eval()


def prepare(network: nn.Module, info: ModelInfo, data: FaceDataset) -> ExportInput:
    """Fits the temperatures and selects faces for an export.

    Both are from `PublicTest`, the checked faces at evenly spaced positions. Without `PublicTest`, the checked faces
    are from all data, and the temperatures are 1. For a mesh model, faces without a mesh are left out.

    Args:
        network: network in evaluation mode, which returns logits by label set.
        info: description of the network.
        data: labelled faces.

    Raises:
        DataError: the data is empty, or no face has a mesh.
        ModelMissing: a mesh model needs landmarks, and the public mesh model is not on this machine.
    """
    if not len(data):
        raise DataError("there are no faces to check the export on: give --data with some hundred")
    splits = set(data.split.tolist())
    held_out = data.of_split("PublicTest") if "PublicTest" in splits else None
    temperatures = fit_temperatures(network, info, held_out) if held_out else dict.fromkeys(info.heads, 1.0)
    checked, _ = face_batch(evenly_spaced((held_out or data).images, CHECKED_FACES), [info.input])
    return ExportInput(network, info, temperatures, checked)


def fit_temperatures(network: nn.Module, info: ModelInfo, data: FaceDataset) -> Temperatures:
    """The temperature of each label set with the lowest negative log-likelihood on `data`.

    `data` must be validation data (`PublicTest`), not the test split.

    Raises:
        DataError: a mesh model needs landmarks, and no face has a mesh.
        ModelMissing: a mesh model needs landmarks, and the public mesh model is not on this machine.
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
