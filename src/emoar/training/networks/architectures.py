"""The table of architectures: by name, what builds the network and what kind of input it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from emoar.errors import TrainingError
from emoar.labels import DEFAULT_HEADS
from emoar.models.inputs import CropInput, LandmarkInput, ModelInput, input_of
from emoar.training.networks.base import ExpressionNetwork, Heads
from emoar.training.networks.face_resnet import FaceResNet
from emoar.training.networks.mesh_net import MeshNet
from emoar.training.networks.residual import ResidualNet, ResidualShape
from emoar.training.networks.timm_net import TimmNet

__all__ = ["ARCHITECTURES", "Architecture", "build", "input_for"]


@dataclass(frozen=True)
class Architecture:
    """A row of the table."""

    network: Callable[..., ExpressionNetwork]
    # ^ called with the input, the heads, the dropout before them, and `upsample_px`, in this order
    kind: str = CropInput.kind  # of its input


# Another architecture is one file with its network and one row here.
ARCHITECTURES: Final[Mapping[str, Architecture]] = {
    "emoar-s": Architecture(partial(ResidualNet, ResidualShape(stem=16, widths=(32, 64, 128), blocks=(1, 2, 2)))),
    "emoar-m": Architecture(partial(ResidualNet, ResidualShape(stem=32, widths=(64, 128, 256), blocks=(2, 3, 3)))),
    "emoar-l": Architecture(partial(ResidualNet, ResidualShape(stem=48, widths=(96, 192, 384), blocks=(2, 3, 3)))),
    "emoar-mesh": Architecture(MeshNet, LandmarkInput.kind),
    "face-resnet": Architecture(FaceResNet),
    "resnext50": Architecture(partial(TimmNet, "resnext50_32x4d")),
    "inception-resnet-v2": Architecture(partial(TimmNet, "inception_resnet_v2")),
    "mobilenet-v2": Architecture(partial(TimmNet, "mobilenetv2_100")),
    "densenet121": Architecture(partial(TimmNet, "densenet121")),
    "resnet101": Architecture(partial(TimmNet, "resnet101")),
    "efficientnet-lite0": Architecture(partial(TimmNet, "tf_efficientnet_lite0")),
}


def build(
    name: str,
    heads: Heads = DEFAULT_HEADS,
    dropout: float = 0.0,
    *,
    size_px: int = 48,
    channels: int = 1,
    upsample_px: int = 0,
) -> ExpressionNetwork:
    """The untrained network of an architecture.

    Args:
        name: of `ARCHITECTURES`.
        heads: the labels of each label set that it learns.
        dropout: before the heads.
        size_px: side of the crops; a network of landmarks ignores it, and the next two.
        channels: of the crops: 1 grey, 3 RGB.
        upsample_px: the side to which the network itself enlarges its crops; 0 takes them as they are.

    Raises:
        TrainingError: there is no such architecture.
        ModelMismatch: no crop can have that size or number of channels.
        DependencyMissing: the architecture comes from timm, and timm is not installed.
    """
    return _row(name).network(input_for(name, size_px, channels), heads, dropout, upsample_px)


def input_for(name: str, size_px: int = 48, channels: int = 1) -> ModelInput:
    """What a network of that architecture takes: landmarks, or crops of that size and number of channels.

    Raises:
        TrainingError: there is no such architecture.
        ModelMismatch: no crop can have that size or number of channels.
    """
    return input_of(_row(name).kind, size_px, channels)


def _row(name: str) -> Architecture:
    if name not in ARCHITECTURES:
        raise TrainingError(f"architecture must be one of {', '.join(ARCHITECTURES)}, got {name!r}")
    return ARCHITECTURES[name]
