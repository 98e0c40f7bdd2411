"""The network of `emoar-measures` in PyTorch, and its file."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from emoar.files import atomic_write
from emoar.perception.measures.network import FORMAT, MODEL
from emoar.training.measures.teacher import BLENDSHAPES, LANDMARKS
from emoar.types import LANDMARK_COUNT

__all__ = ["MeasureNet", "shown", "write_network"]

SHOWN: Final = tuple(index for index in LANDMARKS if index < LANDMARK_COUNT)  # without irises
WIDTH: Final = 128
_DIGITS: Final = 6  # significant, of the numbers in the file


class MeasureNet(nn.Module):
    """(N, 408) coordinates of `shown` -> (N, 52) values 0..1 in the order of `BLENDSHAPES`."""

    def __init__(self, mean: NDArray[np.float32], deviation: NDArray[np.float32], dropout: float) -> None:
        """An untrained network; (408,) mean and standard deviation of its inputs."""
        super().__init__()
        self.mean: Tensor
        self.deviation: Tensor
        self.register_buffer("mean", torch.from_numpy(mean))
        self.register_buffer("deviation", torch.from_numpy(deviation))
        self.layers = nn.Sequential(
            *(nn.Linear(len(mean), WIDTH), nn.SiLU(), nn.Dropout(dropout)),
            *(nn.Linear(WIDTH, WIDTH), nn.SiLU(), nn.Dropout(dropout)),
            nn.Linear(WIDTH, len(BLENDSHAPES)),
        )

    def forward(self, x: Tensor) -> Tensor:
        return torch.sigmoid(self.layers((x - self.mean) / self.deviation))


def shown(upright: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N, 408) coordinates of the landmarks that the network takes, from (N, 468, 3) upright landmarks."""
    return upright[:, list(SHOWN)].reshape(len(upright), -1)


def write_network(path: Path, net: MeasureNet, names: tuple[str, ...], rest: NDArray[np.float32]) -> None:
    """Writes the file that `perception.measures.MeasureNetwork` reads.

    Args:
        path: a .json.
        net: the trained network.
        names: the blendshapes that the file has.
        rest: (names,) mean values of neutral faces.

    Raises:
        OutputError: the file cannot be written.
    """
    rows = [BLENDSHAPES.index(name) for name in names]
    dense = [layer for layer in net.layers if isinstance(layer, nn.Linear)]
    arrays = [(layer.weight.detach().numpy(), layer.bias.detach().numpy()) for layer in dense]
    arrays[-1] = arrays[-1][0][rows], arrays[-1][1][rows]
    document = {
        "format": FORMAT,
        "name": MODEL,
        "names": list(names),
        "rest": _numbers(rest),
        "landmarks": list(SHOWN),
        "mean": _numbers(net.mean.numpy()),
        "deviation": _numbers(net.deviation.numpy()),
        "layers": [_quantised(weights, bias) for weights, bias in arrays],
    }
    atomic_write(path, (json.dumps(document, separators=(",", ":")) + "\n").encode())


def _quantised(weights: NDArray[np.float32], bias: NDArray[np.float32]) -> dict[str, Any]:
    """(out, in) weights as int8, with a scale for each row."""
    scale = np.abs(weights).max(axis=1) / 127
    whole = np.round(weights / scale[:, None]).astype(np.int8)
    return {
        "scale": _numbers(scale),
        "bias": _numbers(bias),
        "weights": base64.b64encode(whole.tobytes()).decode("ascii"),
    }


def _numbers(values: NDArray[np.floating]) -> list[float]:
    return [float(f"{value:.{_DIGITS}g}") for value in values.tolist()]
