"""Batch normalisation statistics of averaged weights, computed anew from unchanged faces (cf. Izmailov et al., 2018).

The statistics that training leaves belong to the weights of many steps ago, and to faces that were turned, blurred and
partly erased.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import torch
from torch import nn

from emoar.models.inputs import InputValues
from emoar.training.faces.inputs import evenly_spaced
from emoar.training.networks.base import ExpressionNetwork

__all__ = ["STATISTICS_FACES", "Normalisation", "recompute_batchnorm"]

STATISTICS_FACES: Final = 4096  # all 28,561 of FER2013 give the same accuracy
_BATCH: Final = 256
Normalisation = nn.modules.batchnorm._BatchNorm  # pyright: ignore[reportPrivateUsage]


@torch.no_grad()
def recompute_batchnorm(
    network: ExpressionNetwork, faces: InputValues, normalisations: Sequence[Normalisation]
) -> None:
    """Computes the statistics of normalisations anew; all else stays as it is.

    Args:
        network: is changed, and is in evaluation mode afterwards.
        faces: inputs of the network without any augmentation; at most `STATISTICS_FACES` of them are used.
        normalisations: of the network; the others, frozen ones, keep their statistics.
    """
    network.eval()
    device = next(network.parameters()).device
    momenta = [normalisation.momentum for normalisation in normalisations]
    chosen = evenly_spaced(faces, STATISTICS_FACES)
    # neighbours in a data set may be alike, and each batch must be like the whole
    chosen = chosen[torch.randperm(len(chosen), generator=torch.Generator().manual_seed(0)).numpy()]
    for batch in range(max(1, len(chosen) // _BATCH)):
        for normalisation in normalisations:
            normalisation.train()
            normalisation.momentum = 1 / (batch + 1)  # the mean of all batches
        values = network.input.to_batch(chosen[batch * _BATCH : (batch + 1) * _BATCH])
        network(torch.from_numpy(values).to(device))
    for normalisation, momentum in zip(normalisations, momenta, strict=True):
        normalisation.momentum = momentum
    network.eval()
