"""Standardisation of crops, the first operation of every network of crops."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["standardise"]


def standardise(face: Tensor) -> Tensor:
    """Standardises (N, C, H, W) crops in 0..255 to zero mean and unit deviation per image; blank crops become zeros.

    The variance has 1 added, so the deviation of a crop with little contrast stays below 1.
    """
    over = (2, 3) if face.shape[1] == 1 else (1, 2, 3)
    mean = face.mean(dim=over, keepdim=True)
    centred = face - mean
    variance = (centred * centred).mean(dim=over, keepdim=True)
    return centred * torch.rsqrt(variance + 1.0)
