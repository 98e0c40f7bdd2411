"""The table of architectures by name: constructor and kind of input."""

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
from emoar.training.networks.vgg import VggNet, VggShape

__all__ = ["ARCHITECTURES", "Architecture", "build", "input_for"]


@dataclass(frozen=True)
class Architecture:
    """An entry of the table."""

    network: Callable[..., ExpressionNetwork]
    # ^ constructor; its arguments are input, heads, dropout and `upsample_px`, in this order
    kind: str = CropInput.kind  # kind of input


# A new architecture needs one module with its network and one entry here.
ARCHITECTURES: Final[Mapping[str, Architecture]] = {
    "emoar-s": Architecture(
        partial(ResidualNet, ResidualShape(stem=16, widths=(32, 64, 128), blocks=(1, 2, 2), smoothing=0.37))
    ),
    "emoar-m": Architecture(
        partial(ResidualNet, ResidualShape(stem=32, widths=(64, 128, 256), blocks=(2, 3, 3), smoothing=0.37))
    ),
    "emoar-l": Architecture(partial(ResidualNet, ResidualShape(stem=48, widths=(96, 192, 384), blocks=(2, 3, 3)))),
    "residual-narrow": Architecture(
        partial(ResidualNet, ResidualShape(stem=24, widths=(48, 96, 192), blocks=(2, 2, 2)))
    ),
    "vgg": Architecture(partial(VggNet, VggShape(widths=(32, 64, 128, 192), convolutions=(2, 2, 2, 2)))),
    "emoar-mesh": Architecture(MeshNet, LandmarkInput.kind),
    "face-resnet": Architecture(FaceResNet),
    "resnext50": Architecture(partial(TimmNet, "resnext50_32x4d")),
    "inception-resnet-v2": Architecture(partial(TimmNet, "inception_resnet_v2")),
    "mobilenet-v2": Architecture(partial(TimmNet, "mobilenetv2_100")),
    "densenet121": Architecture(partial(TimmNet, "densenet121")),
    "resnet18": Architecture(partial(TimmNet, "resnet18")),
    "convnext": Architecture(partial(TimmNet, "convnext_atto")),
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
    """Builds the untrained network of an architecture.

    Args:
        name: a key of `ARCHITECTURES`.
        heads: the labels of each label set, one head each.
        dropout: dropout probability before the heads, or after each layer of `emoar-mesh`.
        size_px: side of the crops; a network of landmarks ignores it and the next two arguments.
        channels: channels of the crops: 1 grey, 3 RGB.
        upsample_px: side to which the network resizes its input; 0 is the default of the architecture.

    Raises:
        TrainingError: there is no such architecture.
        ModelMismatch: the size or the number of channels is not valid for crops.
        DependencyMissing: the architecture comes from timm, and timm is not installed.
    """
    return _row(name).network(input_for(name, size_px, channels), heads, dropout, upsample_px)


def input_for(name: str, size_px: int = 48, channels: int = 1) -> ModelInput:
    """The input of an architecture: landmarks, or crops of that size and number of channels.

    Raises:
        TrainingError: there is no such architecture.
        ModelMismatch: the size or the number of channels is not valid for crops.
    """
    return input_of(_row(name).kind, size_px, channels)


def _row(name: str) -> Architecture:
    if name not in ARCHITECTURES:
        raise TrainingError(f"architecture must be one of {', '.join(ARCHITECTURES)}, got {name!r}")
    return ARCHITECTURES[name]
