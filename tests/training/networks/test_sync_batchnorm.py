"""Batch normalisation over two processes with half a batch each: the same as one process with all of it."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from emoar.training.networks.sync_batchnorm import (  # noqa: E402
    SyncedBatchNorm1d,
    SyncedBatchNorm2d,
    synchronise,
)


def values() -> torch.Tensor:
    return torch.randn(8, 3, 2, 2, generator=torch.Generator().manual_seed(0)) * 3 + 1


def weighted_sum(output: torch.Tensor, start: int) -> torch.Tensor:
    weights = torch.arange(start * 12, start * 12 + output.numel(), dtype=torch.float32)
    return (output.flatten() * weights.cos()).sum()


def work(rank: int, folder: str) -> None:
    torch.distributed.init_process_group("gloo", init_method=f"file://{folder}/meet", rank=rank, world_size=2)
    network = torch.nn.Sequential(torch.nn.BatchNorm2d(3))
    synchronise(network)
    half = values()[rank * 4 : rank * 4 + 4].requires_grad_()
    output = network.train()(half)
    weighted_sum(output, rank * 4).backward()
    torch.save((output.detach(), half.grad, network.state_dict()), f"{folder}/{rank}.pt")
    torch.distributed.destroy_process_group()


def test_two_halves_are_one_batch(tmp_path: Path) -> None:
    torch.multiprocessing.spawn(work, (str(tmp_path),), nprocs=2)
    halves = [torch.load(tmp_path / f"{rank}.pt", weights_only=True) for rank in (0, 1)]
    reference, inputs = torch.nn.Sequential(torch.nn.BatchNorm2d(3)).train(), values().requires_grad_()
    output = reference(inputs)
    weighted_sum(output, 0).backward()
    torch.testing.assert_close(torch.cat([half[0] for half in halves]), output.detach(), atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(torch.cat([half[1] for half in halves]), inputs.grad, atol=1e-5, rtol=1e-4)
    for _, _, state in halves:
        for name, value in reference.state_dict().items():
            torch.testing.assert_close(state[name], value, atol=1e-5, rtol=1e-5)


def test_synchronising_keeps_weights_and_evaluation() -> None:
    network = torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.BatchNorm1d(4), torch.nn.Sequential()).eval()
    network[1].running_mean.normal_()
    sample = torch.randn(2, 4)
    before = network(sample)
    synchronise(network)
    assert type(network[1]) is SyncedBatchNorm1d
    torch.testing.assert_close(network(sample), before, atol=0, rtol=0)
    other = torch.nn.BatchNorm2d(1)
    synchronise(other)
    assert type(other) is SyncedBatchNorm2d
