"""The training loop: recipe and data in, weights out; killed at any moment, it goes on from the last epoch."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportMissingTypeStubs=false
# (torch and its compiler are typed only in part)
from __future__ import annotations

import dataclasses
import math
import os
import pickle
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from emoar.errors import OutputError, TrainingError
from emoar.training.architectures import ARCHITECTURES, ExpressionNet, build
from emoar.training.augment import augment, mixup
from emoar.training.dataset import NO_LABEL, FaceDataset
from emoar.training.recipe import Recipe

__all__ = ["EpochReport", "load_network", "train"]


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
) -> Path:
    """Trains on `Training`, watches `PublicTest`, and writes `output/final.pt` (the averaged weights).

    `output/last.pt` is rewritten after each epoch; a run whose folder holds one of the same recipe goes on from it
    and ends with the same weights as one that was never stopped.

    Raises:
        TrainingError: unknown architecture, a checkpoint of another recipe, or a loss that is not finite.
        OutputError: the folder cannot be written.
    """
    if recipe.architecture not in ARCHITECTURES:
        raise TrainingError(f"architecture must be one of {', '.join(ARCHITECTURES)}, got {recipe.architecture!r}")
    output.mkdir(parents=True, exist_ok=True)
    run = _Run(recipe, data, output)
    run.resume()
    started = time.monotonic()
    for epoch in range(run.epoch, recipe.epochs):

        def within(done: float, loss: float, epoch: int = epoch) -> None:
            elapsed_s = time.monotonic() - started
            report(EpochReport(epoch + 1, recipe.epochs, done, loss, elapsed_s))

        loss = run.train_epoch(epoch, within)
        top1 = accuracies(run.averaged, run.held_out)
        run.save("last.pt", epoch + 1)
        report(EpochReport(epoch + 1, recipe.epochs, 1.0, loss, time.monotonic() - started, top1))
    return run.save("final.pt", recipe.epochs, weights_only=True)


def load_network(checkpoint: Path) -> ExpressionNet:
    """The trained network of a `final.pt`, in evaluation mode.

    Raises:
        TrainingError: the file is missing or no checkpoint of ours.
    """
    try:
        state = torch.load(checkpoint, map_location="cpu", weights_only=True)
        heads = {name: tuple(labels) for name, labels in state["heads"].items()}
        network = build(state["recipe"]["architecture"], heads)
        network.load_state_dict(state["averaged"])
    except FileNotFoundError as exc:
        raise TrainingError(f"{checkpoint} does not exist: train first, with emoar train") from exc
    except (KeyError, RuntimeError, TypeError, EOFError, pickle.UnpicklingError) as exc:
        raise TrainingError(f"{checkpoint} is not a checkpoint of emoar train: {exc}") from exc
    return network.eval()


@torch.no_grad()
def accuracies(network: ExpressionNet, data: FaceDataset) -> dict[str, float]:
    """Top-1 accuracy by label set; NaN where no face has a label in that set."""
    network.eval()
    batches = [
        network(torch.from_numpy(data.images[start : start + 256, None].astype(np.float32)))
        for start in range(0, len(data), 256)
    ]
    return {name: _top1(torch.cat([logits[name] for logits in batches]), data.truth(name)) for name in network.heads}


class _Run:
    """The state of one training run: what a checkpoint holds."""

    def __init__(self, recipe: Recipe, data: FaceDataset, output: Path) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.output = recipe, output
        self.data, self.held_out = data.of_split("Training"), data.of_split("PublicTest")
        self.heads = data.label_sets
        self.targets = {
            name: torch.from_numpy(self._targets(name, labels)).float() for name, labels in self.heads.items()
        }
        self.network = build(recipe.architecture, self.heads, recipe.dropout)
        self.network.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
        self.averaged = build(recipe.architecture, self.heads).requires_grad_(False)
        self.averaged.load_state_dict(self.network.state_dict())
        self.optimizer = torch.optim.SGD(_groups(self.network, recipe), lr=0.0, momentum=recipe.momentum, nesterov=True)
        self.forward: Callable[[Tensor], dict[str, Tensor]] = (
            torch.compile(self.network) if recipe.compile and _has_compiler() else self.network
        )
        self.steps_per_epoch = max(1, len(self.data) // recipe.batch_size)
        self.epoch = 0

    def _targets(self, name: str, labels: tuple[str, ...]) -> np.ndarray[Any, Any]:
        if name == "ferplus":
            return self.data.ferplus_distribution()
        return _smooth_one_hot(self.data.truth(name), len(labels), self.recipe.label_smoothing)

    def resume(self) -> None:
        path = self.output / "last.pt"
        if not path.exists():
            return
        state = torch.load(path, map_location="cpu", weights_only=True)
        if state["recipe"] != dataclasses.asdict(self.recipe):
            raise TrainingError(f"{path} was made by another recipe: give a new output folder, or delete this one")
        self.network.load_state_dict(state["network"])
        self.averaged.load_state_dict(state["averaged"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.epoch = state["epoch"]

    def save(self, name: str, epoch: int, *, weights_only: bool = False) -> Path:
        state: dict[str, Any] = {
            "recipe": dataclasses.asdict(self.recipe),
            "heads": {name: list(labels) for name, labels in self.heads.items()},
            "epoch": epoch,
            "averaged": self.averaged.state_dict(),
        }
        if not weights_only:
            state |= {"network": self.network.state_dict(), "optimizer": self.optimizer.state_dict()}
        path, partial = self.output / name, self.output / f"{name}.partial"
        try:
            torch.save(state, partial)
            os.replace(partial, path)  # a kill in between leaves the previous checkpoint whole
        except (OSError, RuntimeError) as exc:
            partial.unlink(missing_ok=True)
            raise OutputError(f"{path} cannot be written ({exc}): the previous checkpoint is kept") from exc
        return path

    def train_epoch(self, epoch: int, progress: Callable[[float, float], None]) -> float:
        """One pass over the data; returns the mean loss. All randomness comes from (seed, epoch)."""
        rng = np.random.default_rng((self.recipe.seed, epoch))
        torch.manual_seed(self.recipe.seed * 100_003 + epoch)
        self.network.train()
        order = rng.permutation(len(self.data))
        total = 0.0
        for step in range(self.steps_per_epoch):
            index = order[step * self.recipe.batch_size : (step + 1) * self.recipe.batch_size]
            rate = one_cycle(
                epoch * self.steps_per_epoch + step, self.recipe.epochs * self.steps_per_epoch, self.recipe
            )
            loss = self._step(index, rate, epoch, rng)
            if not math.isfinite(loss):
                raise TrainingError(f"the loss became {loss} in epoch {epoch + 1}: lower peak_lr; last.pt is kept")
            total += loss
            progress((step + 1) / self.steps_per_epoch * 0.999, total / (step + 1))
        return total / self.steps_per_epoch

    def _step(self, index: np.ndarray[Any, Any], rate: float, epoch: int, rng: np.random.Generator) -> float:
        settings = self.recipe.augment
        if epoch >= self.recipe.epochs - self.recipe.calm_epochs:
            settings = dataclasses.replace(settings, mixup=0.0, erasing=0.0)
        faces = torch.from_numpy(augment(self.data.images[index], settings, rng))[:, None]
        keep, partner = (torch.from_numpy(a) for a in mixup(len(index), settings.mixup, rng))
        faces = keep[:, None, None, None] * faces + (1 - keep)[:, None, None, None] * faces[partner]
        with torch.autocast("cpu", torch.bfloat16, enabled=self.recipe.bf16):
            logits = self.forward(faces.contiguous(memory_format=torch.channels_last))
        loss = torch.zeros(())
        for name, target in self.targets.items():
            target = target[index]
            # rows without a label in a set are all zero there and add nothing
            mixed = keep[:, None] * target + (1 - keep)[:, None] * target[partner]
            weight = self.recipe.ferplus_weight if name == "ferplus" else 1.0
            loss = loss + weight * _soft_loss(logits[name].float(), mixed)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), self.recipe.clip_norm)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        _average(self.averaged, self.network, self.recipe.ema_decay, step=epoch * self.steps_per_epoch)
        return float(loss.detach())


def one_cycle(step: int, steps: int, recipe: Recipe) -> float:
    """Learning rate: a linear rise to the peak, then half a cosine to nearly zero (after Smith, 2018)."""
    rising = recipe.warmup * steps
    if step < rising:
        return recipe.peak_lr * (0.04 + 0.96 * step / rising)
    return recipe.peak_lr * max(1e-4, 0.5 * (1 + math.cos(math.pi * (step - rising) / (steps - rising))))


def _has_compiler() -> bool:
    """Whether torch.compile can work here; without a C++ compiler the run is slower and otherwise the same."""
    return any(shutil.which(name) for name in ("c++", "g++", "clang++"))


def _groups(network: nn.Module, recipe: Recipe) -> list[dict[str, Any]]:
    decayed = [p for p in network.parameters() if p.ndim > 1]
    plain = [p for p in network.parameters() if p.ndim <= 1]
    return [{"params": decayed, "weight_decay": recipe.weight_decay}, {"params": plain, "weight_decay": 0.0}]


@torch.no_grad()
def _average(averaged: nn.Module, network: nn.Module, decay: float, step: int) -> None:
    # early on, a long memory would hold the random start
    decay = min(decay, (1 + step) / (10 + step))
    for mean, value in zip(averaged.state_dict().values(), network.state_dict().values(), strict=True):
        if mean.is_floating_point():
            mean.lerp_(value, 1 - decay)
        else:
            mean.copy_(value)


def _smooth_one_hot(labels: np.ndarray[Any, Any], classes: int, smoothing: float) -> np.ndarray[Any, Any]:
    known = (labels != NO_LABEL)[:, None]
    one_hot = np.eye(classes, dtype=np.float32)[np.maximum(labels, 0)]
    return np.where(known, one_hot * (1 - smoothing) + smoothing / classes, 0.0)


def _soft_loss(logits: Tensor, target: Tensor) -> Tensor:
    return -(target * nn.functional.log_softmax(logits, dim=1)).sum(dim=1).mean()


def _top1(logits: Tensor, labels: np.ndarray[Any, Any]) -> float:
    known = labels != NO_LABEL
    return float((logits.argmax(1).numpy()[known] == labels[known]).mean()) if known.any() else math.nan
