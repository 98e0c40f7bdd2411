"""Synchronised BatchNorm: statistics over the batches of all processes, as one process with the full batch has.

`torch.nn.SyncBatchNorm` runs on GPUs only; this version runs on every device with collective operations.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

__all__ = ["SyncedBatchNorm1d", "SyncedBatchNorm2d", "synchronise"]


class _Sum(torch.autograd.Function):
    """A differentiable all-reduce sum: its backward pass sums the gradients of all processes."""

    @staticmethod
    def forward(ctx: Any, own: Tensor) -> Tensor:
        total = own.clone()
        torch.distributed.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> Tensor:
        total = grad_outputs[0].contiguous().clone()
        torch.distributed.all_reduce(total)
        return total


class _Synced(nn.modules.batchnorm._BatchNorm):  # pyright: ignore[reportPrivateUsage]
    """BatchNorm whose training statistics are over all processes; every process must have the same batch size."""

    def forward(self, input: Tensor) -> Tensor:
        if not self.training:
            return super().forward(input)
        values = input.float()
        axes = (0, *range(2, values.ndim))
        moments = torch.stack([values.mean(axes), (values * values).mean(axes)])
        moments = _Sum.apply(moments) / torch.distributed.get_world_size()
        mean, variance = moments[0], moments[1] - moments[0] * moments[0]
        self._update_statistics(mean.detach(), variance.detach(), input.numel() // input.shape[1])
        scale = self.weight * torch.rsqrt(variance + self.eps)
        shift = self.bias - mean * scale
        shape = (-1, *(1 for _ in axes[1:]))
        return (values * scale.view(shape) + shift.view(shape)).to(input.dtype)

    def _update_statistics(self, mean: Tensor, variance: Tensor, count: int) -> None:
        assert self.running_mean is not None
        assert self.running_var is not None
        assert self.momentum is not None
        total = count * torch.distributed.get_world_size()
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance * total / max(total - 1, 1), self.momentum)  # unbiased, as PyTorch keeps it
        if self.num_batches_tracked is not None:
            self.num_batches_tracked.add_(1)


class SyncedBatchNorm1d(_Synced, nn.BatchNorm1d):
    """Synchronised BatchNorm of (N, C) or (N, C, L)."""


class SyncedBatchNorm2d(_Synced, nn.BatchNorm2d):
    """Synchronised BatchNorm of (N, C, H, W)."""


def synchronise(network: nn.Module) -> None:
    """Replaces the class of every BatchNorm layer of a network by the synchronised one, in place."""
    synced: dict[type, type] = {nn.BatchNorm1d: SyncedBatchNorm1d, nn.BatchNorm2d: SyncedBatchNorm2d}
    for module in network.modules():
        if type(module) in synced:
            module.__class__ = synced[type(module)]
