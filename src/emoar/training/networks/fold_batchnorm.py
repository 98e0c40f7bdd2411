"""Folding of BatchNorm into convolutions: the same function without normalisation layers.

A folded network can be trained further on a few faces of one person: there are no batch statistics that would adapt to
them, and example-level privacy (per-sample gradients) is possible.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final, TypeVar

from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from emoar.errors import TrainingError
from emoar.training.networks.base import ExpressionNetwork

__all__ = ["fold_batchnorm"]

_NORMS: Final = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm)
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
    pairs = [pair for block in network.modules() if isinstance(block, nn.Sequential) for pair in _pairs(block)]
    norms = sum(isinstance(module, _NORMS) for module in network.modules())
    if len(pairs) < norms:
        raise TrainingError(
            f"{norms - len(pairs)} of {norms} BatchNorm layers follow no convolution and cannot be folded: "
            "take a network of the kind of emoar-s or emoar-m"
        )
    network.eval()
    for block, index, convolution, norm in pairs:
        block[index] = fuse_conv_bn_eval(convolution, norm)
        block[index + 1] = nn.Identity()
    return network


def _pairs(block: nn.Sequential) -> Iterator[tuple[nn.Sequential, int, nn.Conv2d, nn.BatchNorm2d]]:
    """Each convolution of a sequence that a BatchNorm layer follows, with its position."""
    for index, (layer, following) in enumerate(pairwise(block)):
        if isinstance(layer, nn.Conv2d) and isinstance(following, nn.BatchNorm2d):
            yield block, index, layer, following
