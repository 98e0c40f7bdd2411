"""The training of a network from a recipe and data; an interrupted run continues after its last complete epoch."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from emoar.models.inputs import InputValues
from emoar.progress import NO_LOG, NO_PROGRESS, Log, Progress
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.targets import NO_LABEL
from emoar.training.hardware import Hardware, fabric_of
from emoar.training.loop.initialise import network_of
from emoar.training.loop.samples import PreparedSamples, prepare_samples
from emoar.training.loop.trainer import Trainer
from emoar.training.networks.base import ExpressionNetwork
from emoar.training.recipe import Recipe
from emoar.training.run_folder import RunFolder

__all__ = ["EpochReport", "accuracies", "new_trainer", "train"]

_BATCH: Final = 256
NO_ACCURACY: Final[Mapping[str, float]] = {}  # of a report within an epoch


@dataclass(frozen=True)
class EpochReport:
    """The progress of a run, within an epoch or at its end."""

    epoch: int  # from 1
    epochs: int  # number of epochs of the recipe
    step_fraction: float  # completed fraction of the epoch, 0..1; 1 only with the accuracies, at its end
    loss: float  # mean training loss of the epoch so far
    elapsed_s: float  # since the first epoch of this process started
    accuracy: Mapping[str, float]
    # ^ by label set: top-1 on PublicTest with the averaged weights, 0..1; empty within the epoch


def train(
    recipe: Recipe,
    data: FaceDataset,
    output: Path,
    on_epoch: Callable[[EpochReport], None] | None = None,
    *,
    hardware: Hardware | None = None,
    log: Log = NO_LOG,
    progress: Progress = NO_PROGRESS,
) -> Path:
    """Trains on `Training`, evaluates each epoch on `PublicTest`, and writes `output/final.pt` (the averaged weights).

    `output/last.pt` is written after each epoch. A run whose folder has a `last.pt` of the same recipe continues from
    it and ends with the same weights as an uninterrupted run. With early stopping, `final.pt` is from the best epoch.

    Args:
        recipe: all settings.
        data: labelled faces with the splits `Training` and `PublicTest`.
        output: the folder of the run.
        on_epoch: called after each step and each epoch, in the first process only.
        hardware: where to compute; None uses one GPU where there is one, otherwise the CPU.
        log: called with single lines of information, in the first process only.
        progress: advances with teachers, mesh and re-alignment before the first epoch, in the first process only.

    Returns:
        The path of `final.pt`.

    Raises:
        TrainingError: the architecture is unknown, the weights, teachers or checkpoint do not fit the recipe, or the
            loss is not finite.
        InputError: the hardware is not available, or a setting has no effect on the architecture.
        DataError: a split is missing, or no face has a label or a mesh that is needed.
        ModelMissing: a model that the recipe names, or a public model that is needed, is not on this machine.
        ModelMismatch: a teacher is not an expression model.
        DependencyMissing: lightning-fabric or timm is not installed.
        OutputError: the folder cannot be written.
    """
    hardware = hardware or Hardware()
    fabric = fabric_of(hardware, recipe)
    if not fabric.is_global_zero:
        log, progress, on_epoch = NO_LOG, NO_PROGRESS, None
    folder = RunFolder(output)
    prepared = prepare_samples(recipe, data, output, fabric.rank_zero_first, log, progress)
    trainer = new_trainer(recipe, prepared, fabric, hardware, log)
    trainer.resume(folder)
    started = time.monotonic()
    for epoch in range(trainer.epoch, recipe.epochs):

        def report(done: float, loss: float, accuracy: Mapping[str, float] = NO_ACCURACY, epoch: int = epoch) -> None:
            if on_epoch is not None:
                on_epoch(EpochReport(epoch + 1, recipe.epochs, done, loss, time.monotonic() - started, accuracy))

        loss = trainer.train_epoch(epoch, report)
        top1: dict[str, float] = fabric.broadcast(
            accuracies(trainer.averaged, prepared.held_out, prepared.held_out_inputs, flip=recipe.tta_flip)
            if fabric.is_global_zero
            else {}
        )
        trainer.finish_epoch(folder, epoch, loss, top1, time.monotonic() - started)
        report(1.0, loss, top1)
        if trainer.stale_epochs > recipe.early_stopping > 0:
            log(f"no better PublicTest accuracy for {recipe.early_stopping} epochs: stopped after epoch {epoch + 1}")
            break
    return trainer.finish(folder)


def new_trainer(recipe: Recipe, prepared: PreparedSamples, fabric: Any, hardware: Hardware, log: Log) -> Trainer:
    """A trainer whose network has its initial weights, which are reproducible from the seed of the recipe.

    Raises:
        TrainingError: the architecture is unknown, or the weights are from another one.
        InputError: the recipe asks for pretrained weights of an architecture that has none.
        DataError: the file of pretrained weights cannot be read.
        ModelMissing: `init` is not the name or path of a model.
        DependencyMissing: the architecture needs timm, which is not installed.
    """
    torch.manual_seed(recipe.seed)
    network = network_of(recipe, prepared.heads, prepared.samples.inputs, log)
    return Trainer(recipe, prepared, network, fabric, hardware)


@torch.no_grad()
def accuracies(
    network: ExpressionNetwork, data: FaceDataset, inputs: InputValues | None = None, *, flip: bool = False
) -> dict[str, float]:
    """Top-1 accuracy by label set, 0..1; NaN where no face has a label in that set.

    Args:
        network: is in evaluation mode afterwards.
        data: N labelled faces.
        inputs: (N, ...) network inputs of these faces; None uses the images, which must fit the network.
        flip: uses the mean probabilities of image and mirror image; for networks of crops only.
    """
    network.eval()
    device = next(network.parameters()).device
    hits: dict[str, list[NDArray[np.int64]]] = {}
    inputs = data.images if inputs is None else inputs
    for start in range(0, len(data), _BATCH):
        faces = torch.from_numpy(network.input.to_batch(inputs[start : start + _BATCH])).to(device)
        plain: dict[str, Tensor] = network(faces)
        mirrored = network(faces.flip(-1)) if flip else plain
        for name, logits in plain.items():
            p = logits.softmax(1) + mirrored[name].softmax(1)
            hits.setdefault(name, []).append(p.argmax(1).cpu().numpy())
    return {name: _top1(np.concatenate(rows), data.truth(name)) for name, rows in hits.items()}


def _top1(predicted: NDArray[np.int64], truth: NDArray[np.int64]) -> float:
    known = truth != NO_LABEL
    return float((predicted[known] == truth[known]).mean()) if known.any() else math.nan
