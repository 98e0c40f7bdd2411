"""Training: recipe and data in, weights out; a run that was killed continues from its last epoch."""

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
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.targets import NO_LABEL
from emoar.training.hardware import Hardware, fabric_of
from emoar.training.loop.initialise import network_of
from emoar.training.loop.samples import PreparedSamples, prepare_samples
from emoar.training.loop.trainer import Trainer
from emoar.training.networks.base import ExpressionNetwork
from emoar.training.progress import NO_LOG, NO_PROGRESS, Log, Progress
from emoar.training.recipe import Recipe
from emoar.training.run_folder import RunFolder

__all__ = ["EpochReport", "accuracies", "new_trainer", "train"]

_BATCH: Final = 256
NO_ACCURACY: Final[Mapping[str, float]] = {}  # within an epoch


@dataclass(frozen=True)
class EpochReport:
    """How a run stands, within an epoch or at its end."""

    epoch: int  # from 1
    epochs: int
    step_fraction: float  # 0..1 of the epoch; 1 at its end, when there are accuracies
    loss: float
    elapsed_s: float
    accuracy: Mapping[str, float]
    # ^ by label set: top-1 on PublicTest with the averaged weights; empty within the epoch


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

    `output/last.pt` is rewritten after each epoch; a run whose folder holds one of the same recipe continues from it
    and ends with the same weights as one that was never stopped. With early stopping, `final.pt` is the best epoch.

    Args:
        recipe: all settings.
        data: labelled faces with the splits `Training` and `PublicTest`.
        output: folder of the run.
        on_epoch: is called after each step and each epoch with how the run stands; in the first process only.
        hardware: what it runs on; None is one GPU where there is one, else the processor.
        log: is called with what is worth knowing, in single lines; in the first process only.
        progress: advances with teachers, mesh and re-alignment, before the first epoch; in the first process only.

    Raises:
        TrainingError: unknown architecture, a checkpoint of another recipe, or a loss that is not finite.
        InputError: hardware that is not there.
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
    """A trainer whose network has its first weights, which depend on the seed alone.

    Raises:
        TrainingError: unknown architecture, or weights that are of another one.
        InputError: pretrained weights for an architecture that has none.
        ModelMissing: `init` names no model.
    """
    torch.manual_seed(recipe.seed)
    network = network_of(recipe, prepared.heads, prepared.samples.inputs, log)
    return Trainer(recipe, prepared, network, fabric, hardware)


@torch.no_grad()
def accuracies(
    network: ExpressionNetwork, data: FaceDataset, inputs: InputValues | None = None, *, flip: bool = False
) -> dict[str, float]:
    """Top-1 accuracy by label set; NaN where no face has a label in that set.

    Args:
        network: in any mode; is in evaluation mode afterwards.
        data: the faces, for their labels.
        inputs: those of the network for these faces; None: the images of the data, which have its size and colour.
        flip: of the mean probabilities over image and mirror image, for a network of crops.
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
