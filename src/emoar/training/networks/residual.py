"""Small residual networks with squeeze-and-excitation."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn

from emoar.models.inputs import CropInput
from emoar.training.networks.base import CropNetwork, Heads
from emoar.training.networks.standardise import smooth

__all__ = ["ResidualNet", "ResidualShape"]


@dataclass(frozen=True)
class ResidualShape:
    """The size of a `ResidualNet`."""

    stem: int  # channels of the first convolution, at full resolution
    widths: tuple[int, ...]  # channels of each stage; each stage halves the resolution
    blocks: tuple[int, ...]  # residual blocks of each stage
    squeeze: int = 8  # reduction factor of the channels in squeeze-and-excitation
    smoothing: float = 0.0  # share by which pixels of the crop move towards the mean around them, 0..1


class ResidualNet(CropNetwork):
    """A stem, stages of residual blocks at decreasing resolution, and global average pooling.

    Attributes:
        shape: its size.
    """

    def __init__(
        self, shape: ResidualShape, takes: CropInput, heads: Heads, dropout: float = 0.0, upsample_px: int = 0
    ) -> None:
        super().__init__(takes, upsample_px)
        self.shape = shape
        channels = shape.stem
        self.stem = nn.Sequential(_conv(takes.channels, channels, 3), nn.BatchNorm2d(channels), nn.ReLU(inplace=True))
        stages: list[nn.Module] = []
        for width, count in zip(shape.widths, shape.blocks, strict=True):
            for index in range(count):
                stages.append(ResidualBlock(channels, width, 2 if index == 0 else 1, shape.squeeze))
                channels = width
        self.stages = nn.Sequential(*stages)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.add_heads(heads, channels, dropout)
        _initialise(self)

    def preprocess(self, faces: Tensor) -> Tensor:
        return super().preprocess(smooth(faces, self.shape.smoothing) if self.shape.smoothing else faces)

    def features(self, x: Tensor) -> Tensor:
        return self.pool(self.stages(self.stem(x))).flatten(1)

    def blocks(self) -> list[nn.Module]:
        return [self.stem, *self.stages]


class ResidualBlock(nn.Module):
    """A residual block (He et al., 2016) of two 3x3 convolutions with squeeze-and-excitation (Hu et al., 2018)."""

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
    """Multiplies each channel by a gate in 0..1, computed from the means of all channels (Hu et al., 2018)."""

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


def _initialise(network: ResidualNet) -> None:
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    for module in network.modules():
        if isinstance(module, ResidualBlock):
            # zero-initialised: each block starts as its shortcut, so deep networks train at high learning rates
            last = module.branch[-1]
            assert isinstance(last, nn.BatchNorm2d)
            nn.init.zeros_(last.weight)
