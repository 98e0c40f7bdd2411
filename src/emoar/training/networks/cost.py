"""What a network costs: its parameters, and the multiply-adds of one face, counted while it runs."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# (torch is typed only in part)
from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from emoar.models.metadata import ModelInfo
from emoar.types import LANDMARK_COUNT

__all__ = ["Cost", "count_cost", "sample_face"]


@dataclass(frozen=True)
class Cost:
    """Of one network."""

    parameters: int  # that are learned; the statistics of normalisation are not
    macs: int  # multiply-adds of convolutions and linear layers, for one face


def count_cost(network: nn.Module, sample: Tensor) -> Cost:
    """Runs the network once on `sample` (a batch of one) and counts.

    A convolution costs, for each output value, the weights that it is made of; a linear layer likewise. Normalisation,
    activations, pooling and gates are left out, as is usual: together they are some percent.
    """
    total = 0

    def convolution(module: Any, _: Any, output: Tensor) -> None:
        nonlocal total
        total += output[0].numel() * math.prod(module.weight.shape[1:])

    def linear(module: Any, _: Any, output: Tensor) -> None:
        nonlocal total
        total += output[0].numel() * module.in_features

    counted = {nn.Conv1d: convolution, nn.Conv2d: convolution, nn.Conv3d: convolution, nn.Linear: linear}
    hooks = [
        module.register_forward_hook(count)
        for module in network.modules()
        for kind, count in counted.items()
        if isinstance(module, kind)
    ]
    was_training = network.training
    try:
        with torch.no_grad():
            network.eval()(sample)
    finally:
        for hook in hooks:
            hook.remove()
        network.train(was_training)
    return Cost(sum(parameter.numel() for parameter in network.parameters()), total)


def sample_face(info: ModelInfo) -> Tensor:
    """One input of a network that takes what `info` says; what is in it does not matter for its cost."""
    if info.kind == "mesh":
        # points of distinct places: a network that divides by the size of a face must not divide by zero
        return torch.linspace(1.0, 200.0, LANDMARK_COUNT * 3).reshape(3, LANDMARK_COUNT).T[None].contiguous()
    return torch.full((1, info.channels, info.size_px, info.size_px), 127.0)
