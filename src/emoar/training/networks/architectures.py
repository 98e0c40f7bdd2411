"""The networks: our own small residual CNNs, and those of the field, one trunk and a head for each label set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from torch import Tensor, nn

from emoar.errors import TrainingError
from emoar.labels import DEFAULT_HEADS
from emoar.models.metadata import Kind
from emoar.training.networks.face_resnet import FaceResNet
from emoar.training.networks.mesh_net import MeshNet
from emoar.training.networks.standardise import standardise
from emoar.training.networks.timm_net import TIMM_ARCHITECTURES, TimmNet

__all__ = [
    "ARCHITECTURES",
    "FACE_ARCHITECTURES",
    "MESH_ARCHITECTURES",
    "OWN_ARCHITECTURES",
    "Architecture",
    "ExpressionNet",
    "Heads",
    "build",
    "kind_of",
    "standardise",
]

Heads = Mapping[str, tuple[str, ...]]  # label set -> its labels, in the order of the logits


@dataclass(frozen=True)
class Architecture:
    """The shape of one `ExpressionNet`."""

    stem: int  # channels of the first convolution, at full resolution
    widths: tuple[int, ...]  # channels of each stage; each stage halves the resolution
    blocks: tuple[int, ...]  # residual blocks of each stage
    squeeze: int = 8  # squeeze-excitation reduces the channels by this factor


OWN_ARCHITECTURES: Final = {
    "emoar-s": Architecture(stem=16, widths=(32, 64, 128), blocks=(1, 2, 2)),
    "emoar-m": Architecture(stem=32, widths=(64, 128, 256), blocks=(2, 3, 3)),
    "emoar-l": Architecture(stem=48, widths=(96, 192, 384), blocks=(2, 3, 3)),
}
MESH_ARCHITECTURES: Final = ("emoar-mesh",)  # judge landmarks; all others judge crops
FACE_ARCHITECTURES: Final = ("face-resnet",)  # have learned to recognise people first
ARCHITECTURES: Final = (*OWN_ARCHITECTURES, *MESH_ARCHITECTURES, *FACE_ARCHITECTURES, *TIMM_ARCHITECTURES)


def kind_of(name: str) -> Kind:
    """What the networks of an architecture take: crops, or the landmarks of a mesh."""
    return "mesh" if name in MESH_ARCHITECTURES else "crop"


def build(
    name: str, heads: Heads = DEFAULT_HEADS, dropout: float = 0.0, channels: int = 1, upsample_px: int = 0
) -> ExpressionNet | MeshNet | FaceResNet | TimmNet:
    """Makes the untrained network of that name.

    Args:
        name: one of `ARCHITECTURES`.
        heads: the labels of each label set that it shall learn.
        dropout: before the heads.
        channels: 1 for grey crops, 3 for RGB.
        upsample_px: the side to which the network itself enlarges its crops; 0 takes them as they are.

    Raises:
        TrainingError: for a name that is not in `ARCHITECTURES`.
        DependencyMissing: the architecture comes from timm, and timm is not installed.
    """
    if name in OWN_ARCHITECTURES:
        return ExpressionNet(OWN_ARCHITECTURES[name], heads, dropout, channels, upsample_px)
    if name in MESH_ARCHITECTURES:
        return MeshNet(heads, dropout)
    if name in FACE_ARCHITECTURES:
        return FaceResNet(heads, dropout, channels, upsample_px)
    if name in TIMM_ARCHITECTURES:
        return TimmNet(name, heads, dropout, channels, upsample_px)
    raise TrainingError(f"architecture must be one of {', '.join(ARCHITECTURES)}, got {name!r}")


class ExpressionNet(nn.Module):
    """Logits of each label set from grey (or RGB) crops.

    The input is (N, 1 or 3, H, W) float32 in 0..255. It is standardised per image inside the network, so that every
    caller (training, Python, browser) may hand over the bare crop.
    """

    def __init__(
        self,
        architecture: Architecture,
        heads: Heads = DEFAULT_HEADS,
        dropout: float = 0.0,
        image_channels: int = 1,
        upsample_px: int = 0,
    ) -> None:
        super().__init__()
        self.upsample_px = upsample_px
        channels = architecture.stem
        self.stem = nn.Sequential(_conv(image_channels, channels, 3), nn.BatchNorm2d(channels), nn.ReLU(inplace=True))
        stages: list[nn.Module] = []
        for width, count in zip(architecture.widths, architecture.blocks, strict=True):
            for index in range(count):
                stages.append(ResidualBlock(channels, width, 2 if index == 0 else 1, architecture.squeeze))
                channels = width
        self.stages = nn.Sequential(*stages)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.dropout = nn.Dropout(dropout)
        self.heads = nn.ModuleDict({name: nn.Linear(channels, len(labels)) for name, labels in heads.items()})
        _initialise(self)

    def forward(self, face: Tensor) -> dict[str, Tensor]:
        """(N, C, H, W) crops, 0..255 -> logits (N, labels) of each head, such as `ferplus` and `fer2013`."""
        x = standardise(face)
        if self.upsample_px:
            x = nn.functional.interpolate(x, size=(self.upsample_px, self.upsample_px), mode="bilinear")
        features = self.dropout(self.pool(self.stages(self.stem(x))).flatten(1))
        return {name: head(features) for name, head in self.heads.items()}

    def blocks(self) -> list[nn.Module]:
        """The trunk's parts from the input to the output: what freezing counts."""
        return [self.stem, *self.stages]


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions with squeeze-excitation beside a shortcut (He 2016; Hu 2018)."""

    def __init__(self, channels_in: int, channels: int, stride: int, squeeze: int) -> None:
        super().__init__()
        self.branch = nn.Sequential(
            _conv(channels_in, channels, 3, stride),
            nn.BatchNorm2d(channels),
            nn.ReLU(inplace=True),
            _conv(channels, channels, 3),
            nn.BatchNorm2d(channels),
        )
        self.excite = SqueezeExcitation(channels, squeeze)
        self.shortcut = (
            nn.Identity()
            if stride == 1 and channels_in == channels
            else nn.Sequential(nn.AvgPool2d(stride), _conv(channels_in, channels, 1), nn.BatchNorm2d(channels))
        )
        self.activation = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.activation(self.excite(self.branch(x)) + self.shortcut(x))


class SqueezeExcitation(nn.Module):
    """Scales each channel by a gate computed from all channels' means."""

    def __init__(self, channels: int, squeeze: int) -> None:
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.gate = nn.Sequential(
            nn.Conv2d(channels, channels // squeeze, 1),
            nn.ReLU(inplace=True),
            nn.Conv2d(channels // squeeze, channels, 1),
            nn.Sigmoid(),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x * self.gate(self.pool(x))


def _conv(channels_in: int, channels: int, size: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(channels_in, channels, size, stride, padding=size // 2, bias=False)


def _initialise(network: ExpressionNet) -> None:
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    for module in network.modules():
        if isinstance(module, ResidualBlock):
            # a block starts as its shortcut: deep residual nets then train at high learning rates
            last = module.branch[-1]
            assert isinstance(last, nn.BatchNorm2d)
            nn.init.zeros_(last.weight)
