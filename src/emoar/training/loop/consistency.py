"""The consistency loss: a face and a copy of it with small noise must have the same probabilities.

A camera's noise, the rounding of another processor and the jitter of landmarks change a crop by about a grey level. A
network that was trained on labels alone can change its probabilities by 0.05 and more, which flickers in a video.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import torch
from torch import Tensor

__all__ = ["consistency_loss", "noisy_copy"]

NOISE_LEVELS: Final = 1.5  # standard deviation of the noise of a copy, in grey levels
SHIFT_PX: Final = 0.1  # largest shift of a copy along each axis


def noisy_copy(faces: Tensor) -> Tensor:
    """Copies of (N, C, H, W) crops in 0..255, each shifted by up to `SHIFT_PX` and with noise on every pixel."""
    shifted = faces
    for axis in (2, 3):
        share = torch.empty(len(faces), 1, 1, 1, device=faces.device).uniform_(-SHIFT_PX, SHIFT_PX)
        before, after = shifted.roll(1, axis), shifted.roll(-1, axis)
        # linear interpolation between neighbours, as in the sampling of a crop
        shifted = shifted + share.clamp_min(0) * (before - shifted) + (-share).clamp_min(0) * (after - shifted)
    return (shifted + NOISE_LEVELS * torch.randn_like(faces)).clamp(0, 255)


def consistency_loss(logits: Mapping[str, Tensor], of_copies: Mapping[str, Tensor]) -> Tensor:
    """The squared distance of the probabilities, averaged over N faces and summed over the label sets.

    Args:
        logits: (N, labels) by label set.
        of_copies: logits of the noisy copies, in the same shape.
    """
    distances = [
        (values.float().softmax(1) - of_copies[name].float().softmax(1)).square().sum(1).mean()
        for name, values in logits.items()
    ]
    return torch.stack(distances).sum()
