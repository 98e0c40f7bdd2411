"""`emoar-mesh`: expression from the 468 landmarks of a face, without pixels.

The network first removes position, size and rotation of the face. It then projects the landmarks to principal
components of the training data, computed before the first epoch, and classifies them with a few dense layers. The input
is the raw landmarks, so that Python, browser and phone need no preprocessing of their own.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from emoar.canonical import canonical_face
from emoar.models.inputs import InputValues, LandmarkInput
from emoar.perception.measures.upright import axis_weights
from emoar.training.networks.base import ExpressionNetwork, Heads
from emoar.types import LANDMARK_COUNT

__all__ = ["COMPONENTS", "MeshNet", "mirrored", "pose_normalised"]

COMPONENTS: Final = 128  # principal components; they explain 99.99 % of the variance between faces
WIDTH: Final = 256
DEPTH: Final = 3
_SHAPES: Final = 4096  # about the number of faces from which mean and components are computed; more have no effect
_SMALLEST: Final = 1e-6  # squared pixels, added to squared lengths to avoid a division by zero


def pose_normalised(landmarks: Tensor) -> Tensor:
    """Normalises (N, 468, 3) landmarks to a fixed position, size and frontal orientation.

    Each axis of the head is a sum of the rigid landmarks, weighted by their coordinates on the canonical face. This
    linear fit is robust to noise of single landmarks. The normalisation is idempotent.
    """
    weights = torch.from_numpy(axis_weights()).to(landmarks)
    centred = landmarks - torch.matmul(weights[0], landmarks)[:, None]
    right, down = torch.matmul(weights[1], centred), torch.matmul(weights[2], centred)
    width = _length(right)
    x = right / width
    down = down - (down * x).sum(dim=1, keepdim=True) * x
    height = _length(down)
    y = down / height
    z = torch.stack(
        [
            x[:, 1] * y[:, 2] - x[:, 2] * y[:, 1],
            x[:, 2] * y[:, 0] - x[:, 0] * y[:, 2],
            x[:, 0] * y[:, 1] - x[:, 1] * y[:, 0],
        ],
        dim=1,
    )
    turned = torch.matmul(centred, torch.stack([x, y, z], dim=2))
    return turned / ((width + height) / 2)[:, :, None]


def mirrored(normalised: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mirrors (..., 468, 3) pose-normalised landmarks; returns landmarks in the usual order."""
    other = normalised[..., _mirror_pairs(), :].copy()
    other[..., 0] *= -1
    return other


class MeshNet(ExpressionNetwork):
    """A network of (N, 468, 3) float32 landmarks in pixels of the image or of a crop."""

    def __init__(self, takes: LandmarkInput, heads: Heads, dropout: float = 0.0, upsample_px: int = 0) -> None:
        """Builds the untrained network with `dropout` after each layer; `upsample_px` has no effect on landmarks."""
        super().__init__(takes)
        self.mean: Tensor
        self.basis: Tensor
        self.register_buffer("mean", torch.zeros(LANDMARK_COUNT * 3))
        self.register_buffer("basis", torch.zeros(LANDMARK_COUNT * 3, COMPONENTS))
        self.stem = _layer(COMPONENTS, WIDTH, dropout)
        self.layers = nn.ModuleList(_layer(WIDTH, WIDTH, dropout) for _ in range(DEPTH))
        self.add_heads(heads, WIDTH)

    def preprocess(self, faces: Tensor) -> Tensor:
        """Computes (N, 128) principal components of the pose-normalised face from (N, 468, 3) landmarks in pixels."""
        shape = pose_normalised(faces).reshape(-1, LANDMARK_COUNT * 3) - self.mean
        return torch.matmul(shape, self.basis)

    def features(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        for layer in self.layers:
            x = x + layer(x)
        return x

    def blocks(self) -> list[nn.Module]:
        return [self.stem, *self.layers]

    @torch.no_grad()
    def warm_up(self, faces: InputValues) -> None:
        """Computes mean and principal components from (N, 468, 3) pose-normalised landmarks and their mirror images.

        The components are whitened: expressions vary less than face shapes and get the same weight.
        """
        some = faces[:: max(1, len(faces) // _SHAPES)].astype(np.float32, copy=False)
        rows = torch.from_numpy(np.concatenate([some, mirrored(some)])).reshape(-1, LANDMARK_COUNT * 3)
        self.mean.copy_(rows.mean(dim=0))
        centred = rows - rows.mean(dim=0)
        variances, directions = torch.linalg.eigh(centred.T @ centred / len(centred))  # ascending
        chosen = torch.arange(len(variances) - 1, len(variances) - 1 - COMPONENTS, -1)
        self.basis.copy_(directions[:, chosen] / variances[chosen].clamp_min(1e-12).sqrt())


def _layer(width_in: int, width: int, dropout: float) -> nn.Sequential:
    return nn.Sequential(nn.Linear(width_in, width), nn.BatchNorm1d(width), nn.SiLU(), nn.Dropout(dropout))


def _length(vector: Tensor) -> Tensor:
    return torch.sqrt((vector * vector).sum(dim=1, keepdim=True) + _SMALLEST)


@cache
def _mirror_pairs() -> NDArray[np.int64]:
    """(468,) index of the mirrored landmark of each landmark; on the midline it is the landmark itself."""
    points = canonical_face().vertices_cm
    distances = np.linalg.norm(points[:, None] * np.array([-1, 1, 1], np.float32) - points[None], axis=2)
    return distances.argmin(axis=1)
