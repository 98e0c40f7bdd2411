"""Recomputation of BatchNorm statistics for averaged weights from faces without augmentation (Izmailov et al., 2018).

The statistics at the end of training belong to earlier weights and to augmented faces.
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

STATISTICS_FACES: Final = 4096  # with all 28,561 faces of FER2013, the accuracy is the same
_BATCH: Final = 256
Normalisation = nn.modules.batchnorm._BatchNorm  # pyright: ignore[reportPrivateUsage]


@torch.no_grad()
def recompute_batchnorm(
    network: ExpressionNetwork, faces: InputValues, normalisations: Sequence[Normalisation]
) -> None:
    """Recomputes the running statistics of BatchNorm layers in place, as the mean over batches.

    Args:
        network: is changed, and is in evaluation mode afterwards.
        faces: (N, ...) inputs of the network without augmentation; at most `STATISTICS_FACES` of them are used.
        normalisations: layers of the network to recompute; others, such as frozen ones, keep their statistics.
    """
    network.eval()
    device = next(network.parameters()).device
    momenta = [normalisation.momentum for normalisation in normalisations]
    chosen = evenly_spaced(faces, STATISTICS_FACES)
    # shuffled: neighbours in a dataset may be similar, and each batch must represent the dataset
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
