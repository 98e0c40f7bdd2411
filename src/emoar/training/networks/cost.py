"""The cost of a network: its parameters and its multiply-accumulates (MACs) per face, counted in a forward pass."""

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

    parameters: int  # number of parameters, without buffers such as BatchNorm statistics
    macs: int  # multiply-accumulates of convolutions and linear layers, for one face


def count_cost(network: nn.Module, sample: Tensor) -> Cost:
    """Counts parameters and MACs in one forward pass of `sample`, a batch of one.

    A convolution or linear layer has, for each output value, as many MACs as weights that produce the value. As usual,
    normalisation, activations, pooling and element-wise products are not counted; together they are a few percent.
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
    """The cost of a network for one face of its input."""
    return count_cost(network, torch.from_numpy(network.input.sample()))
