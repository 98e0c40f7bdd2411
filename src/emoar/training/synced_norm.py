"""Batch normalisation over all processes: two with half a batch each then learn what one with the whole batch learns.

`torch.nn.SyncBatchNorm` does so on GPUs only; this one runs wherever collectives run.
"""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# (torch is typed only in part)
from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.distributed.nn.functional import all_reduce

__all__ = ["SyncedBatchNorm2d", "synchronise"]


class SyncedBatchNorm2d(nn.BatchNorm2d):
    """In training, mean and variance are those of the batches of all processes together; each has the same size."""

    def forward(self, input: Tensor) -> Tensor:
        if not self.training:
            return super().forward(input)
        values = input.float()
        moments = torch.stack([values.mean((0, 2, 3)), (values * values).mean((0, 2, 3))])
        moments = all_reduce(moments) / torch.distributed.get_world_size()
        mean, variance = moments[0], moments[1] - moments[0] * moments[0]
        self._remember(mean.detach(), variance.detach(), input.numel() // input.shape[1])
        scale = self.weight * torch.rsqrt(variance + self.eps)
        shift = self.bias - mean * scale
        return (values * scale[:, None, None] + shift[:, None, None]).to(input.dtype)

    def _remember(self, mean: Tensor, variance: Tensor, count: int) -> None:
        assert self.running_mean is not None
        assert self.running_var is not None
        assert self.momentum is not None
        total = count * torch.distributed.get_world_size()
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance * total / max(total - 1, 1), self.momentum)  # unbiased, as PyTorch keeps it
        if self.num_batches_tracked is not None:
            self.num_batches_tracked.add_(1)


def synchronise(network: nn.Module) -> None:
    """Turns every `BatchNorm2d` of a network into one over all processes, in place; its weights stay the same."""
    for module in network.modules():
        if type(module) is nn.BatchNorm2d:
            module.__class__ = SyncedBatchNorm2d
