"""Folding of BatchNorm into convolutions: the same function without normalisation layers.

A folded network can be trained further on a few faces of one person: there are no batch statistics that would adapt to
them, and example-level privacy (per-sample gradients) is possible.
"""

from __future__ import annotations

from typing import TypeVar

from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from emoar.errors import TrainingError
from emoar.training.networks.base import ExpressionNetwork

__all__ = ["fold_batchnorm"]

_Network = TypeVar("_Network", bound=ExpressionNetwork)


def fold_batchnorm(network: _Network) -> _Network:
    """Folds each BatchNorm layer into the convolution directly before it.

    Args:
        network: changed in place; is in evaluation mode afterwards. Its convolutions get a bias, and an identity takes
            the place of each BatchNorm layer, so that the names of all other weights stay.

    Returns:
        The same network. Its logits are those of before, up to the rounding of float32.

    Raises:
        TrainingError: a BatchNorm layer follows no convolution; the network is not changed.
    """
    pairs = [
        (block, name, after)
        for block in network.modules()
        if isinstance(block, nn.Sequential)
        for (name, layer), (after, following) in zip(
            list(block.named_children()), list(block.named_children())[1:], strict=False
        )
        if isinstance(layer, nn.Conv2d) and isinstance(following, nn.BatchNorm2d)
    ]
    norms = sum(isinstance(module, nn.modules.batchnorm._BatchNorm) for module in network.modules())
    if len(pairs) < norms:
        raise TrainingError(
            f"{norms - len(pairs)} of {norms} BatchNorm layers follow no convolution and cannot be folded: "
            "take a network of the kind of emoar-s or emoar-m"
        )
    network.eval()
    for block, name, after in pairs:
        block._modules[name] = fuse_conv_bn_eval(block.get_submodule(name), block.get_submodule(after))
        block._modules[after] = nn.Identity()
    return network
