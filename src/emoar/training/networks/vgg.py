"""Plain networks of stacked 3x3 convolutions (VGG; Simonyan and Zisserman, 2015), with batch normalisation.

They have no shortcuts and keep the place of what they see up to the heads: an ensemble of them with residual networks
errs on fewer faces than one of like networks.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn

from emoar.models.inputs import CropInput
from emoar.training.networks.base import CropNetwork, Heads

__all__ = ["VggNet", "VggShape"]


@dataclass(frozen=True)
class VggShape:
    """The size of a `VggNet`."""

    widths: tuple[int, ...]  # channels of each stage; max pooling after each stage halves the resolution
    convolutions: tuple[int, ...]  # convolutions of each stage
    features: int = 256  # width of the fully connected layer before the heads
    grid: int = 3  # side of the grid to which the last stage is averaged


class VggNet(CropNetwork):
    """Stages of 3x3 convolutions with max pooling, and one fully connected layer."""

    def __init__(
        self, shape: VggShape, takes: CropInput, heads: Heads, dropout: float = 0.0, upsample_px: int = 0
    ) -> None:
        super().__init__(takes, upsample_px)
        channels = takes.channels
        stages: list[nn.Module] = []
        for width, count in zip(shape.widths, shape.convolutions, strict=True):
            layers: list[nn.Module] = []
            for _ in range(count):
                layers += [
                    nn.Conv2d(channels, width, 3, padding=1, bias=False),
                    nn.BatchNorm2d(width),
                    nn.ReLU(inplace=True),
                ]
                channels = width
            stages.append(nn.Sequential(*layers, nn.MaxPool2d(2), nn.Dropout2d(dropout / 2)))
        self.stages = nn.Sequential(*stages)
        self.pool = nn.AdaptiveAvgPool2d(shape.grid)
        cells = channels * shape.grid**2
        self.combine = nn.Sequential(
            nn.Dropout(dropout), nn.Linear(cells, shape.features, bias=False), nn.BatchNorm1d(shape.features), nn.ReLU()
        )
        self.add_heads(heads, shape.features, dropout)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")

    def features(self, x: Tensor) -> Tensor:
        return self.combine(self.pool(self.stages(x)).flatten(1))

    def blocks(self) -> list[nn.Module]:
        return [*self.stages, self.combine]
