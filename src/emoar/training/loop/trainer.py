"""The trainer of one run: training steps, end of epoch, resume and result."""

from __future__ import annotations

import copy
import dataclasses
import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader

from emoar.errors import TrainingError
from emoar.training.checkpoint import Checkpoint
from emoar.training.hardware import Hardware, has_compiler
from emoar.training.loop.consistency import consistency_loss, noisy_copy
from emoar.training.loop.epoch_batches import EpochBatches
from emoar.training.loop.initialise import freeze, optimizer_of
from emoar.training.loop.moving_average import update_average
from emoar.training.loop.samples import PreparedSamples
from emoar.training.loop.schedule import learning_rate
from emoar.training.loop.targets import class_weights, total_loss
from emoar.training.networks.base import ExpressionNetwork
from emoar.training.networks.recompute_batchnorm import Normalisation, recompute_batchnorm
from emoar.training.networks.sync_batchnorm import synchronise
from emoar.training.recipe import Recipe
from emoar.training.run_folder import RunFolder

__all__ = ["Trainer"]


class Trainer:
    """Network, averaged weights, optimizer and counters of a run: the content of a checkpoint.

    Attributes:
        epoch: number of completed epochs.
        averaged: the network with the moving average of the weights, which is the result.
        stale_epochs: number of epochs since the best PublicTest accuracy.
    """

    def __init__(
        self,
        recipe: Recipe,
        prepared: PreparedSamples,
        network: ExpressionNetwork,
        fabric: Any,
        hardware: Hardware,
    ) -> None:
        self._recipe, self._fabric, self._hardware = recipe, fabric, hardware
        self._samples, self._heads = prepared.samples, prepared.heads
        self._class_weights = {
            name: torch.from_numpy(class_weights(self._samples.targets[name], recipe.class_weights)).to(fabric.device)
            for name in self._heads
            if recipe.class_weights != "none"
        }
        if fabric.world_size > 1:
            synchronise(network)
        self._network = network.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
        self.averaged = copy.deepcopy(network).to(fabric.device).requires_grad_(False)
        self._optimizer = optimizer_of(self._network, recipe)
        self.epoch = self.stale_epochs = self._lr_drops = 0
        self._best, self._best_weights = -math.inf, dict[str, Tensor]()
        self._is_wrapped = False

    def resume(self, folder: RunFolder) -> None:
        """Restores the state from `last.pt` of a folder, if it exists.

        Raises:
            TrainingError: the checkpoint is from another recipe, or damaged.
        """
        last = folder.last()
        if last is None:
            return
        if last.recipe != dataclasses.asdict(self._recipe) or not {"network", "progress"} <= last.state.keys():
            raise TrainingError(f"{last.path} was made by another recipe: give a new output folder, or delete this one")
        self._network.load_state_dict(last.state["network"])
        self.averaged.load_state_dict(last.weights)
        self._optimizer.load_state_dict(last.state["optimizer"])
        self._fabric._precision.load_state_dict(last.state["scaler"])
        progress = last.state["progress"]
        self.epoch, self.stale_epochs = last.epoch, progress["stale_epochs"]
        self._lr_drops, self._best = progress["lr_drops"], progress["best"]
        self._best_weights = last.state["best_weights"]

    def train_epoch(self, epoch: int, progress: Callable[[float, float], None]) -> float:
        """Trains for one pass over the samples; random numbers depend on (seed, epoch, step) only.

        Args:
            epoch: from 0.
            progress: called after each step with the completed fraction of the epoch (below 1) and its mean loss.

        Returns:
            The mean loss of the epoch.

        Raises:
            TrainingError: the loss is not finite.
        """
        torch.manual_seed(self._recipe.seed * 100_003 + epoch)
        self._wrap_for_training(epoch)
        batches = self._samples.batches(self._recipe, epoch, self._fabric.global_rank, self._fabric.world_size)
        total = 0.0
        for step, (faces, targets) in enumerate(self._loader(batches)):
            now, steps = epoch * len(batches) + step, self._recipe.epochs * len(batches)
            self._set_rate(learning_rate(now, steps, self._recipe, self._lr_drops))
            loss = self._step(faces, targets, epoch * len(batches))
            if not math.isfinite(loss):
                raise TrainingError(f"the loss became {loss} in epoch {epoch + 1}: lower lr; last.pt is kept")
            total += loss
            progress((step + 1) / len(batches) * 0.999, total / (step + 1))
        return total / len(batches)

    def lr_sweep(self, rate_of: Callable[[int], float]) -> Iterator[float]:
        """Yields the loss of each training step at the learning rate `rate_of(step)`, without an end."""
        self._wrap_for_training(0)
        step = 0
        for epoch in itertools.count():
            for faces, targets in self._loader(self._samples.batches(self._recipe, epoch)):
                self._set_rate(rate_of(step))
                yield self._step(faces, targets, step)
                step += 1

    def finish_epoch(
        self, folder: RunFolder, epoch: int, loss: float, top1: Mapping[str, float], elapsed_s: float
    ) -> None:
        """Updates the counters with the PublicTest accuracies of an epoch, and writes checkpoint and history.

        Args:
            folder: the folder of the run.
            epoch: from 0.
            loss: mean loss of the epoch.
            top1: PublicTest accuracy by label set, 0..1, or NaN; their mean decides which epoch is the best.
            elapsed_s: time since this process started training.

        Raises:
            OutputError: the folder cannot be written.
        """
        self.epoch = epoch + 1
        known = [value for value in top1.values() if not math.isnan(value)]
        score = sum(known) / max(len(known), 1)
        self.stale_epochs = 0 if score > self._best else self.stale_epochs + 1
        if score > self._best:
            self._best = score
            if self._recipe.early_stopping:
                self._best_weights = {k: v.detach().cpu().clone() for k, v in self.averaged.state_dict().items()}
        elif self.stale_epochs % self._recipe.plateau_patience == 0:
            self._lr_drops += 1
        if self._fabric.is_global_zero:
            folder.save("last.pt", self._checkpoint(self._state()))
            row = {"epoch": self.epoch, "loss": loss, "lr": self._optimizer.param_groups[0]["lr"]}
            folder.record({**row, "elapsed_s": round(elapsed_s, 3), "accuracy": dict(top1)})
        self._fabric.barrier()

    def finish(self, folder: RunFolder) -> Path:
        """Writes `final.pt`, with the averaged weights of the last epoch, or of the best one with early stopping.

        Returns:
            The path of `final.pt`.

        Raises:
            OutputError: the folder cannot be written.
        """
        if self._best_weights:
            self.averaged.load_state_dict(self._best_weights)
        if self._recipe.recompute_batchnorm:
            self._recompute_batchnorm()
        if self._fabric.is_global_zero:
            folder.save("final.pt", self._checkpoint())
            folder.close()
        self._fabric.barrier()
        return folder.path / "final.pt"

    def _recompute_batchnorm(self) -> None:
        """Must run in every process: synchronised BatchNorm layers wait for each other."""
        freeze(self._network, self._recipe, max(self.epoch - 1, 0))
        trained = [
            of_averaged
            for module, of_averaged in zip(self._network.modules(), self.averaged.modules(), strict=True)
            if isinstance(of_averaged, Normalisation) and all(p.requires_grad for p in module.parameters())
        ]
        recompute_batchnorm(self.averaged, self._samples.inputs, trained)

    def _wrap_for_training(self, epoch: int) -> None:
        """Freezes blocks for the epoch; sets up the network with Fabric again if the set of trained weights changes."""
        self._network.train()
        before = [p.requires_grad for p in self._network.parameters()]
        freeze(self._network, self._recipe, epoch)
        if self._is_wrapped and before == [p.requires_grad for p in self._network.parameters()]:
            return
        compiled = torch.compile(self._network) if self._recipe.compile and has_compiler() else self._network
        self._forward = self._fabric.setup_module(compiled)
        self._wrapped = self._fabric.setup_optimizers(self._optimizer)
        self._is_wrapped = True

    def _loader(self, batches: EpochBatches) -> Any:
        workers = self._hardware.workers
        if workers < 0:
            workers = 0 if self._fabric.device.type == "cpu" else 4
        return DataLoader(batches, batch_size=None, num_workers=workers, sampler=range(len(batches)))

    def _set_rate(self, rate: float) -> None:
        for group in self._optimizer.param_groups:
            group["lr"] = rate

    def _step(self, faces: Tensor, targets: Mapping[str, Tensor], steps_before: int) -> float:
        device = self._fabric.device
        on_device = {name: values.to(device) for name, values in targets.items()}
        loss = self._loss(faces.to(device), on_device)
        self._wrapped.zero_grad(set_to_none=True)
        self._fabric.backward(loss)
        if self._recipe.clip_norm:
            self._fabric.clip_gradients(
                self._forward, self._wrapped, max_norm=self._recipe.clip_norm, error_if_nonfinite=False
            )
        self._wrapped.step()
        update_average(self.averaged, self._network, self._recipe.ema_decay, steps_before)
        return float(self._fabric.all_reduce(loss.detach(), reduce_op="mean"))

    def _loss(self, faces: Tensor, targets: Mapping[str, Tensor]) -> Tensor:
        count, weight = len(faces), self._recipe.consistency
        if weight and faces.ndim == 4:
            faces = torch.cat([faces, noisy_copy(faces)])
        logits = self._forward(faces.contiguous(memory_format=torch.channels_last) if faces.ndim == 4 else faces)
        own = {name: values[:count] for name, values in logits.items()}
        loss = total_loss(own, targets, self._recipe, self._class_weights)
        if len(faces) > count:
            copies = {name: values[count:] for name, values in logits.items()}
            loss = loss + weight * consistency_loss(own, copies)
        return loss

    def _checkpoint(self, state: Mapping[str, Any] | None = None) -> Checkpoint:
        recipe = dataclasses.asdict(self._recipe)
        return Checkpoint(recipe, self._heads, self.averaged.state_dict(), self.epoch, state or {})

    def _state(self) -> dict[str, Any]:
        progress = {"lr_drops": self._lr_drops, "stale_epochs": self.stale_epochs, "best": self._best}
        return {
            "network": self._network.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "progress": progress,
            "best_weights": self._best_weights,
            "scaler": self._fabric._precision.state_dict(),  # gradient scaler of fp16; empty otherwise
        }
