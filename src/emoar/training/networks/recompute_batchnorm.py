"""What averaged weights need at the end: normalisations whose statistics are theirs, of faces as they are.

Those that training leaves behind belong to weights of many steps ago and to faces that were turned, blurred and partly
erased. Cf. Izmailov et al. (2018), who take them anew for averaged weights.
"""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# (torch is typed only in part)
from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import torch
from torch import nn

from emoar.training.faces.inputs import Faces, evenly_spaced, to_batch

__all__ = ["STATISTICS_FACES", "Normalisation", "settle"]

STATISTICS_FACES: Final = 4096  # all 28,561 of FER2013 give the same accuracy
_BATCH: Final = 256
Normalisation = nn.modules.batchnorm._BatchNorm  # pyright: ignore[reportPrivateUsage]


@torch.no_grad()
def settle(network: nn.Module, faces: Faces, normalisations: Sequence[Normalisation]) -> None:
    """Takes the statistics of normalisations anew; all else stays as it is.

    Args:
        network: is changed.
        faces: what it sees, as `exportable.Faces`, without any augmentation; so many as `STATISTICS_FACES` are used.
        normalisations: of the network; the others, frozen ones, keep theirs.
    """
    network.eval()
    device = next(network.parameters()).device
    momenta = [normalisation.momentum for normalisation in normalisations]
    chosen = evenly_spaced(faces, STATISTICS_FACES)
    # neighbours in a data set may be alike, and a batch must be like all
    chosen = chosen[torch.randperm(len(chosen), generator=torch.Generator().manual_seed(0)).numpy()]
    for batch in range(max(1, len(chosen) // _BATCH)):
        for normalisation in normalisations:
            normalisation.train()
            normalisation.momentum = 1 / (batch + 1)  # the mean of all batches
        seen = to_batch(chosen[batch * _BATCH : (batch + 1) * _BATCH], channels_first=True)
        network(torch.from_numpy(seen).to(device))
    for normalisation, momentum in zip(normalisations, momenta, strict=True):
        normalisation.momentum = momentum
    network.eval()
