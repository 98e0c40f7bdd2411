"""Training: recipe and data in, weights out; killed at any moment, it goes on from the last epoch."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# (torch is typed only in part)
from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import nn

from emoar.training.data.read import NO_LABEL, FaceDataset
from emoar.training.faces.inputs import Faces, to_batch
from emoar.training.hardware import Hardware, fabric_of
from emoar.training.loop.distill import Report
from emoar.training.loop.trainer import Run
from emoar.training.recipe import Recipe

__all__ = ["EpochReport", "accuracies", "train"]

_BATCH = 256


@dataclass(frozen=True)
class EpochReport:
    """What one epoch gave; `step_fraction` counts through the running epoch for a progress bar."""

    epoch: int  # from 1
    epochs: int
    step_fraction: float  # 0..1 of the epoch; 1 when the rest is filled in
    loss: float
    elapsed_s: float
    accuracy: Mapping[str, float] = field(default_factory=dict[str, float])
    # ^ by label set: top-1 on PublicTest with the averaged weights; empty within the epoch


def train(
    recipe: Recipe,
    data: FaceDataset,
    output: Path,
    report: Callable[[EpochReport], None] = lambda _: None,
    *,
    hardware: Hardware | None = None,
    say: Callable[[str], None] = lambda _: None,
    prepare: Report = lambda _what, _done, _all: None,
) -> Path:
    """Trains on `Training`, watches `PublicTest`, and writes `output/final.pt` (the averaged weights).

    `output/last.pt` is rewritten after each epoch; a run whose folder holds one of the same recipe goes on from it
    and ends with the same weights as one that was never stopped. With early stopping, `final.pt` is the best epoch.

    Args:
        recipe: all settings.
        data: labelled faces with the splits `Training` and `PublicTest`.
        output: folder of the run.
        report: is told how far the run is; called in the first process only.
        hardware: what it runs on; None is one GPU where there is one, else the processor.
        say: is told, in single lines, what is worth knowing.
        prepare: is told how far teachers and re-aligning are, with a name, before the first epoch.

    Raises:
        TrainingError: unknown architecture, a checkpoint of another recipe, or a loss that is not finite.
        InputError: hardware that is not there.
        OutputError: the folder cannot be written.
    """
    hardware = hardware or Hardware()
    fabric = fabric_of(hardware, recipe)
    if not fabric.is_global_zero:
        say = prepare = report = _nothing
    run = Run(recipe, data, output, fabric, hardware, say, prepare)
    started = time.monotonic()
    for epoch in range(run.epoch, recipe.epochs):

        def within(done: float, loss: float, epoch: int = epoch) -> None:
            report(EpochReport(epoch + 1, recipe.epochs, done, loss, time.monotonic() - started))

        loss = run.train_epoch(epoch, within)
        top1: dict[str, float] = fabric.broadcast(
            accuracies(run.averaged, run.held_out, run.held_out_inputs, flip=recipe.tta_flip)
            if fabric.is_global_zero
            else {}
        )
        run.finish_epoch(epoch, loss, top1, time.monotonic() - started)
        report(EpochReport(epoch + 1, recipe.epochs, 1.0, loss, time.monotonic() - started, top1))
        if run.stale_epochs > recipe.early_stopping > 0:
            say(f"no better PublicTest accuracy for {recipe.early_stopping} epochs: stopped after epoch {epoch + 1}")
            break
    return run.close()


@torch.no_grad()
def accuracies(
    network: nn.Module, data: FaceDataset, inputs: Faces | None = None, *, flip: bool = False
) -> dict[str, float]:
    """Top-1 accuracy by label set; NaN where no face has a label in that set.

    Args:
        network: gives logits by label set.
        data: faces in the size and colour that it takes.
        inputs: (N, 468, 3) landmarks of these faces for a mesh network; None: their crops.
        flip: the mean over image and mirror image is judged.
    """
    network.eval()
    device = next(network.parameters()).device
    hits: dict[str, list[np.ndarray]] = {}
    inputs = data.images if inputs is None else inputs
    for start in range(0, len(data), _BATCH):
        faces = torch.from_numpy(to_batch(inputs[start : start + _BATCH], channels_first=True)).to(device)
        said: dict[str, torch.Tensor] = network(faces)
        mirrored = network(faces.flip(-1)) if flip else said
        for name, logits in said.items():
            p = logits.softmax(1) + mirrored[name].softmax(1)
            hits.setdefault(name, []).append(p.argmax(1).cpu().numpy())
    return {name: _top1(np.concatenate(rows), data.truth(name)) for name, rows in hits.items()}


def _nothing(*_: object) -> None:
    """What processes but the first say."""


def _top1(predicted: np.ndarray, truth: np.ndarray) -> float:
    known = truth != NO_LABEL
    return float((predicted[known] == truth[known]).mean()) if known.any() else math.nan
