"""A residual network with the trunk of a face recognition network.

Architecture and weights are those of dlib's face recognition (King, 2017), without its last block: a ResNet-34 reduced
to 29 layers and half the channels, trained on 3 million faces, in the public domain. The weights are read from the file
in the npm package `@vladmandic/face-api`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from emoar.errors import TrainingError
from emoar.models.inputs import CropInput, InputValues
from emoar.training.networks.base import CropNetwork, Heads
from emoar.training.networks.tfjs_weights import read_tfjs_weights
from emoar.training.networks.tflite_weights import Layer, put_weights

__all__ = ["FaceResNet"]

_STAGES: Final = ((32, 3), (64, 4), (128, 3), (256, 3))  # channels and blocks; all but the first halve the resolution
_UPSAMPLE_PX: Final = 96  # default side of the input, at which faces have about the scale of the recognition network
_DEVIATION: Final = 0.2  # standard deviation of the trunk's original inputs; standardised crops have 1


class FaceResNet(CropNetwork):
    """The trunk of the face recognition network with expression heads; `upsample_px` 0 is 96."""

    def __init__(self, takes: CropInput, heads: Heads, dropout: float = 0.0, upsample_px: int = 0) -> None:
        super().__init__(takes, upsample_px or _UPSAMPLE_PX)
        channels = _STAGES[0][0]
        self.stem = nn.Sequential(
            nn.Conv2d(takes.channels, channels, 7, stride=2, padding=3, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, stride=2, padding=1),
        )
        stages: list[nn.Module] = []
        for width, count in _STAGES:
            for index in range(count):
                stages.append(_Block(channels, width, 2 if index == 0 and width != channels else 1))
                channels = width
        self.stages = nn.Sequential(*stages)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.add_heads(heads, channels, dropout)

    def features(self, x: Tensor) -> Tensor:
        return self.pool(self.stages(self.stem(x))).flatten(1)

    def blocks(self) -> list[nn.Module]:
        return [self.stem, *self.stages]

    def load_pretrained(self, weights: Path | None, faces: InputValues) -> str:
        """Loads the weights of the face recognition network.

        Args:
            weights: `face_recognition_model-weights_manifest.json`, with its `.bin` in the same folder; None keeps the
                random weights, since no library downloads the file.
            faces: crops from which the BatchNorm statistics are computed.

        Returns:
            A line for the log.

        Raises:
            DataError: the file is not a manifest of weights, or the weights are truncated.
            TrainingError: the weights are from another network.
        """
        if weights is None:
            return (
                "face-resnet has its weights from a file: training from scratch; get it with "
                "`npm pack @vladmandic/face-api`, unpack it and give "
                'pretrained_weights = "package/model/face_recognition_model-weights_manifest.json"'
            )
        values = read_tfjs_weights(weights)
        try:
            layers = [_folded(values, name) for name in _names()]
        except KeyError as exc:
            raise TrainingError(f"{weights} holds no weights of the face recogniser: {exc.args[0]} is missing") from exc
        first, bias = layers[0]
        # the weights are for RGB: on a grey crop, the kernels of the three channels act as their sum
        first = first.sum(axis=1, keepdims=True) if self.stem[0].in_channels == 1 else first
        put_weights(self, [(first * np.float32(_DEVIATION), bias), *layers[1:]], faces, weights.name)
        return f"started from the face recogniser in {weights.name}"


class _Block(nn.Module):
    """A residual block of two 3x3 convolutions; its shortcut has no weights: average pooling and zero channels."""

    def __init__(self, channels_in: int, channels: int, stride: int) -> None:
        super().__init__()
        self.branch = nn.Sequential(
            nn.Conv2d(channels_in, channels, 3, stride, padding=1, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(inplace=True),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
        )
        self.pool = nn.AvgPool2d(2, ceil_mode=True) if stride == 2 else nn.Identity()
        self.widens = channels == 2 * channels_in
        self.activation = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        shortcut = self.pool(x)
        if self.widens:
            # not `pad`: opset 15 of ONNX, which Unity reads, cannot pad channels only
            shortcut = torch.cat([shortcut, torch.zeros_like(shortcut)], dim=1)
        return self.activation(self.branch(x) + shortcut)


def _names() -> Iterator[str]:
    """The names of the convolutions in the file, in the order of the forward pass."""
    yield "conv32_down"
    for width, count in _STAGES:
        blocks = [f"conv{width}_{index}" for index in range(1, count + 1)]
        if width != _STAGES[0][0]:
            blocks = [f"conv{width}_down", *blocks[:-1]]
        for block in blocks:
            yield f"{block}/conv1"
            yield f"{block}/conv2"


def _folded(values: Mapping[str, NDArray[np.float32]], name: str) -> Layer:
    """A convolution with the scaling layer after it folded in: weights in PyTorch's layout, and the bias."""
    scale, shift = values[f"{name}/scale/weights"], values[f"{name}/scale/biases"]
    weights = values[f"{name}/conv/filters"].transpose(3, 2, 0, 1)  # output, input, height, width
    return np.ascontiguousarray(weights * scale[:, None, None, None]), values[f"{name}/conv/bias"] * scale + shift
