"""Standardisation of a crop: the first operation of every network of crops."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["standardise"]


def standardise(face: Tensor) -> Tensor:
    """(N, C, H, W) in 0..255 -> zero mean and unit deviation per image; a blank image becomes zeros."""
    over = (2, 3) if face.shape[1] == 1 else (1, 2, 3)
    mean = face.mean(dim=over, keepdim=True)
    centred = face - mean
    variance = (centred * centred).mean(dim=over, keepdim=True)
    return centred * torch.rsqrt(variance + 1.0)
