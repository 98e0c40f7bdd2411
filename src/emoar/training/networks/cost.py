"""The cost of a network: its parameters, and the multiply-adds of one face, counted while it runs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from emoar.training.networks.base import ExpressionNetwork

__all__ = ["Cost", "count_cost", "network_cost"]


@dataclass(frozen=True)
class Cost:
    """The cost of one network."""

    parameters: int  # trained ones; the statistics of normalisation are none
    macs: int  # multiply-adds of convolutions and linear layers, for one face


def count_cost(network: nn.Module, sample: Tensor) -> Cost:
    """Runs the network once on `sample`, a batch of one, and counts.

    A convolution costs, for each output value, the weights that produce it; a linear layer likewise. Normalisation,
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


def network_cost(network: ExpressionNetwork) -> Cost:
    """The cost of one face, whose values do not matter for it."""
    return count_cost(network, torch.from_numpy(network.input.sample()))
