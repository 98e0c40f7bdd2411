"""The exponential moving average (EMA) of the weights, which evaluation, checkpoints and export use."""

from __future__ import annotations

import torch
from torch import nn

__all__ = ["update_average"]


@torch.no_grad()
def update_average(averaged: nn.Module, network: nn.Module, decay: float, steps_before: int) -> None:
    """Updates the moving average in place: averaged = decay * averaged + (1 - decay) * network.

    BatchNorm statistics are averaged too; counters are copied. The decay is at most
    (1 + steps_before) / (10 + steps_before), so that the random initial weights lose their influence early.

    Args:
        averaged: the network with the averaged weights; is changed.
        network: the trained network, of the same architecture, after a step.
        decay: decay per step, 0..1.
        steps_before: number of steps before this update.
    """
    decay = min(decay, (1 + steps_before) / (10 + steps_before))
    for mean, value in zip(averaged.state_dict().values(), network.state_dict().values(), strict=True):
        if mean.is_floating_point():
            mean.lerp_(value, 1 - decay)
        else:
            mean.copy_(value)
