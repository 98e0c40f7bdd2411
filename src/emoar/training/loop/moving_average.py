"""The exponential moving average of the weights: what evaluation, checkpoints and export use."""

from __future__ import annotations

import torch
from torch import nn

__all__ = ["update_average"]


@torch.no_grad()
def update_average(averaged: nn.Module, network: nn.Module, decay: float, steps_before: int) -> None:
    """Moves `averaged` by 1 - `decay` of the way towards `network`, a network of the same architecture.

    Statistics of normalisation are averaged too; counters are copied.

    Args:
        averaged: is changed.
        network: after a step.
        decay: 0..1, per step.
        steps_before: steps that the average has seen; early on the decay is smaller, since a long memory would hold the
            random start.
    """
    decay = min(decay, (1 + steps_before) / (10 + steps_before))
    for mean, value in zip(averaged.state_dict().values(), network.state_dict().values(), strict=True):
        if mean.is_floating_point():
            mean.lerp_(value, 1 - decay)
        else:
            mean.copy_(value)
