"""Preprocessing of crops inside the networks: smoothing and standardisation."""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["smooth", "standardise"]


def standardise(face: Tensor) -> Tensor:
    """Standardises (N, C, H, W) crops in 0..255 to zero mean and unit deviation per image; blank crops become zeros.

    The variance has 1 added, so the deviation of a crop with little contrast stays below 1.
    """
    over = (2, 3) if face.shape[1] == 1 else (1, 2, 3)
    mean = face.mean(dim=over, keepdim=True)
    centred = face - mean
    variance = (centred * centred).mean(dim=over, keepdim=True)
    return centred * torch.rsqrt(variance + 1.0)


def smooth(face: Tensor, share: float) -> Tensor:
    """Moves each pixel of (N, C, H, W) crops towards the mean of the 3x3 pixels around it by `share`, 0..1.

    The noise of single pixels becomes smaller, and so does the change of the probabilities that follows from it.
    """
    means = nn.functional.avg_pool2d(face, 3, stride=1, padding=1, count_include_pad=False)
    return face + share * (means - face)
