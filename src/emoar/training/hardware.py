"""The hardware of a run: accelerator, processes and machines, through Lightning Fabric."""

from __future__ import annotations

import logging
import shutil
from dataclasses import dataclass
from typing import Any, Final

import torch

from emoar.errors import DependencyMissing, InputError
from emoar.training.recipe import Recipe

__all__ = ["Hardware", "fabric_of", "has_compiler"]

ACCELERATORS: Final = ("auto", "cpu", "cuda", "mps")
_PRECISIONS: Final = {"float32": "32-true", "bf16": "bf16-mixed", "fp16": "16-mixed"}


@dataclass(frozen=True)
class Hardware:
    """Where a run computes. The weights depend on it by rounding only.

    Raises:
        InputError: a value is out of range.
    """

    accelerator: str = "auto"  # auto, cpu, cuda or mps; auto uses a GPU where there is one
    devices: int = 1  # processes on this machine, at least 1: one per GPU, or CPU processes
    nodes: int = 1  # machines, at least 1; start the same command on each with `fabric run` or torchrun
    workers: int = -1  # data loader processes of each process; -1: none on a CPU, 4 on a GPU
    threads: int = 0  # CPU threads of each process; 0 is the default of PyTorch. On a busy machine 1 is much faster

    def __post_init__(self) -> None:
        if self.accelerator not in ACCELERATORS:
            raise InputError(f"--accelerator must be one of {', '.join(ACCELERATORS)}, got {self.accelerator!r}")
        for name, least in (("devices", 1), ("nodes", 1), ("workers", -1), ("threads", 0)):
            if getattr(self, name) < least:
                raise InputError(f"--{name} must be at least {least}, got {getattr(self, name)}")


def fabric_of(hardware: Hardware, recipe: Recipe) -> Any:
    """The launched Fabric for this hardware and the precision of the recipe.

    Raises:
        DependencyMissing: lightning-fabric is not installed.
        InputError: the accelerator is not available, does not support the precision, or the batch size is not a
            multiple of the number of processes.
    """
    try:
        from lightning_fabric import Fabric
    except ImportError as exc:
        raise DependencyMissing("training needs lightning-fabric: pip install 'emoar[train]'") from exc
    logging.getLogger("lightning_fabric").setLevel(logging.ERROR)
    on_cpu = hardware.accelerator == "cpu" or (hardware.accelerator == "auto" and not _has_gpu())
    _check(hardware, recipe, on_cpu)
    if hardware.threads:
        torch.set_num_threads(hardware.threads)
    processes = hardware.devices * hardware.nodes
    try:
        fabric = Fabric(
            accelerator="cpu" if on_cpu else hardware.accelerator,
            devices=hardware.devices,
            num_nodes=hardware.nodes,
            strategy="ddp" if processes > 1 else "auto",
            precision=_precision(recipe, on_cpu),  # type: ignore[arg-type]
        )
        fabric.launch()
    except (RuntimeError, ValueError, TypeError) as exc:
        raise InputError(f"this hardware cannot be used: {str(exc).splitlines()[0]}") from exc
    if recipe.batch_size % fabric.world_size:
        raise InputError(
            f"batch_size {recipe.batch_size} cannot be shared evenly by {fabric.world_size} processes: take a multiple"
        )
    return fabric


def has_compiler() -> bool:
    """Whether there is a C++ compiler, which torch.compile needs."""
    return any(shutil.which(name) for name in ("c++", "g++", "clang++"))


def _check(hardware: Hardware, recipe: Recipe, on_cpu: bool) -> None:
    if hardware.accelerator == "cuda" and not torch.cuda.is_available():
        raise InputError("there is no CUDA GPU here, or torch was installed without CUDA: take --accelerator cpu")
    if hardware.accelerator == "mps" and not torch.backends.mps.is_available():
        raise InputError("there is no Apple GPU here: take --accelerator cpu")
    if hardware.accelerator == "cuda" and hardware.devices > torch.cuda.device_count():
        raise InputError(f"--devices {hardware.devices}: this machine has {torch.cuda.device_count()} GPUs")
    if recipe.precision == "fp16" and on_cpu:
        raise InputError("recipe: precision fp16 needs a GPU: take auto, bf16 or float32")


def _precision(recipe: Recipe, on_cpu: bool) -> str:
    if recipe.precision != "auto":
        return _PRECISIONS[recipe.precision]
    if on_cpu:
        quick: Any = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
        return _PRECISIONS["bf16" if quick() else "float32"]
    return _PRECISIONS["bf16" if torch.cuda.is_available() and torch.cuda.is_bf16_supported() else "float32"]


def _has_gpu() -> bool:
    return torch.cuda.is_available() or torch.backends.mps.is_available()
