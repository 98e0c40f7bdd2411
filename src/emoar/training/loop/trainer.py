"""The state of one training run, and its epochs."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# (torch and Fabric are typed only in part)
from __future__ import annotations

import copy
import dataclasses
import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from emoar.errors import TrainingError
from emoar.training.data.read import FaceDataset
from emoar.training.hardware import Hardware, has_compiler
from emoar.training.loop.batches import Batches
from emoar.training.loop.distill import Report
from emoar.training.loop.initialise import freeze, network_of, optimizer_of
from emoar.training.loop.mesh_batches import MeshBatches, MeshSamples
from emoar.training.loop.samples import TEACHER, prepare_samples
from emoar.training.loop.schedule import learning_rate
from emoar.training.loop.targets import class_weights, distillation_loss, soft_loss
from emoar.training.networks.mesh_net import MeshNet
from emoar.training.networks.recompute_batchnorm import Normalisation, settle
from emoar.training.networks.sync_batchnorm import synchronise
from emoar.training.recipe import Recipe
from emoar.training.run_folder import RunFolder

__all__ = ["Run"]


class Run:
    """Network, averaged weights, optimizer and folder of a run; what a checkpoint holds.

    Attributes:
        epoch: how many are done.
        averaged: the network whose weights are kept: the running mean.
        held_out: the `PublicTest` faces; of a mesh network, those that have a mesh.
        held_out_inputs: what the network sees of them: the crops, or (N, 468, 3) landmarks.
        stale_epochs: how many went by without a better PublicTest accuracy.

    Raises:
        TrainingError: the folder holds a run of another recipe.
    """

    def __init__(
        self,
        recipe: Recipe,
        data: FaceDataset,
        output: Path,
        fabric: Any,
        hardware: Hardware,
        say: Callable[[str], None] = lambda _: None,
        ask: Report = lambda _what, _done, _all: None,
    ) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.fabric, self.hardware = recipe, fabric, hardware
        self.folder = RunFolder(output)
        prepared = prepare_samples(recipe, data, output, fabric.rank_zero_first, say, ask)
        self.lesson, self.held_out, self.held_out_inputs = prepared.lesson, prepared.held_out, prepared.held_out_inputs
        self.heads, training = prepared.heads, prepared.training
        self._class_weights = {
            name: torch.from_numpy(class_weights(self.lesson.targets[name], recipe.class_weights)).to(fabric.device)
            for name in self.heads
            if recipe.class_weights != "none"
        }
        network = network_of(recipe, self.heads, training, say)
        if isinstance(self.lesson, MeshSamples) and isinstance(network, MeshNet) and not recipe.init:
            network.learn_shapes(self.lesson.meshes.shapes[0])
        if fabric.world_size > 1:
            synchronise(network)
        self.network = network.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
        self.averaged = copy.deepcopy(network).to(fabric.device).requires_grad_(False)
        self.optimizer = optimizer_of(self.network, recipe)
        self.epoch = self.drops = self.stale_epochs = 0
        self.best, self.best_weights = -math.inf, dict[str, Tensor]()
        self._resume()
        self._is_wrapped = False

    def train_epoch(self, epoch: int, progress: Callable[[float, float], None]) -> float:
        """One pass over the data; the mean loss. All randomness comes from (seed, epoch, step).

        Raises:
            TrainingError: the loss is not finite.
        """
        torch.manual_seed(self.recipe.seed * 100_003 + epoch)
        self._wrap_for_training(epoch)
        batches = self.lesson.batches(self.recipe, epoch, self.fabric.global_rank, self.fabric.world_size)
        total = 0.0
        for step, (faces, targets) in enumerate(self._loader(batches)):
            now, steps = epoch * len(batches) + step, self.recipe.epochs * len(batches)
            self._set_rate(learning_rate(now, steps, self.recipe, self.drops))
            loss = self._step(faces, targets, epoch * len(batches))
            if not math.isfinite(loss):
                raise TrainingError(f"the loss became {loss} in epoch {epoch + 1}: lower lr; last.pt is kept")
            total += loss
            progress((step + 1) / len(batches) * 0.999, total / (step + 1))
        return total / len(batches)

    def sweep(self, rate_of: Callable[[int], float]) -> Iterator[float]:
        """The loss of one batch after the other, whose rate is `rate_of(step)`; never ends by itself."""
        self._wrap_for_training(0)
        step = 0
        for epoch in itertools.count():
            for faces, targets in self._loader(self.lesson.batches(self.recipe, epoch)):
                self._set_rate(rate_of(step))
                yield self._step(faces, targets, step)
                step += 1

    def finish_epoch(self, epoch: int, loss: float, top1: Mapping[str, float], elapsed_s: float) -> None:
        """Remembers what the epoch gave and writes it down."""
        self.epoch = epoch + 1
        known = [value for value in top1.values() if not math.isnan(value)]
        score = sum(known) / max(len(known), 1)
        self.stale_epochs = 0 if score > self.best else self.stale_epochs + 1
        if score > self.best:
            self.best = score
            if self.recipe.early_stopping:
                self.best_weights = {k: v.detach().cpu().clone() for k, v in self.averaged.state_dict().items()}
        elif self.stale_epochs % self.recipe.plateau_patience == 0:
            self.drops += 1
        if self.fabric.is_global_zero:
            self.folder.save("last.pt", self._state())
            row = {"epoch": self.epoch, "loss": loss, "lr": self.optimizer.param_groups[0]["lr"]}
            self.folder.record({**row, "elapsed_s": round(elapsed_s, 3), "accuracy": dict(top1)})
        self.fabric.barrier()

    def close(self) -> Path:
        """Writes `final.pt`: the averaged weights, or with early stopping the best ones."""
        path = self.folder.path / "final.pt"
        if self.best_weights:
            self.averaged.load_state_dict(self.best_weights)
        if self.recipe.settle:
            self._settle()
        if self.fabric.is_global_zero:
            self.folder.save("final.pt", {**self._description(), "averaged": self.averaged.state_dict()})
            self.folder.close()
        self.fabric.barrier()
        return path

    def _settle(self) -> None:
        """Every process does the same, since their normalisations may wait for one another."""
        freeze(self.network, self.recipe, max(self.epoch - 1, 0))
        learned = [
            theirs
            for ours, theirs in zip(self.network.modules(), self.averaged.modules(), strict=True)
            if isinstance(theirs, Normalisation) and all(p.requires_grad for p in ours.parameters())
        ]
        settle(self.averaged, self.lesson.plain, learned)

    def step_of(self, faces: Tensor, targets: Mapping[str, Tensor]) -> Tensor:
        """The loss of a batch: every label set, and the teachers."""
        logits = self.forward(faces if faces.ndim == 3 else faces.contiguous(memory_format=torch.channels_last))
        recipe, loss = self.recipe, torch.zeros((), device=faces.device)
        for name, values in logits.items():
            own = soft_loss(values.float(), targets[name], self._class_weights.get(name), recipe.focal_gamma)
            if TEACHER + name in targets:
                taught = distillation_loss(values.float(), targets[TEACHER + name], recipe.distill_temperature)
                own = (1 - recipe.distill_weight) * own + recipe.distill_weight * taught
            loss = loss + (recipe.ferplus_weight if name == "ferplus" else 1.0) * own
        return loss

    def _wrap_for_training(self, epoch: int) -> None:
        """Frees or freezes blocks; what learns changes, so Fabric wraps the network anew."""
        self.network.train()
        before = [p.requires_grad for p in self.network.parameters()]
        freeze(self.network, self.recipe, epoch)
        if self._is_wrapped and before == [p.requires_grad for p in self.network.parameters()]:
            return
        compiled = torch.compile(self.network) if self.recipe.compile and has_compiler() else self.network
        self.forward = self.fabric.setup_module(compiled)
        self._wrapped = self.fabric.setup_optimizers(self.optimizer)
        self._is_wrapped = True

    def _loader(self, batches: Batches | MeshBatches) -> Any:
        workers = self.hardware.workers
        if workers < 0:
            workers = 0 if self.fabric.device.type == "cpu" else 4
        return DataLoader(batches, batch_size=None, num_workers=workers, sampler=range(len(batches)))

    def _set_rate(self, rate: float) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = rate

    def _step(self, faces: Tensor, targets: Mapping[str, Tensor], steps_before: int) -> float:
        device = self.fabric.device
        loss = self.step_of(faces.to(device), {name: t.to(device) for name, t in targets.items()})
        self._wrapped.zero_grad(set_to_none=True)
        self.fabric.backward(loss)
        if self.recipe.clip_norm:
            self.fabric.clip_gradients(
                self.forward, self._wrapped, max_norm=self.recipe.clip_norm, error_if_nonfinite=False
            )
        self._wrapped.step()
        _average(self.averaged, self.network, self.recipe.ema_decay, steps_before)
        return float(self.fabric.all_reduce(loss.detach(), reduce_op="mean"))

    def _description(self) -> dict[str, Any]:
        return {
            "recipe": dataclasses.asdict(self.recipe),
            "heads": {name: list(labels) for name, labels in self.heads.items()},
            "epoch": self.epoch,
        }

    def _state(self) -> dict[str, Any]:
        progress = {"drops": self.drops, "stale_epochs": self.stale_epochs, "best": self.best}
        return {
            **self._description(),
            "averaged": self.averaged.state_dict(),
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "progress": progress,
            "best_weights": self.best_weights,
            "scaler": self.fabric._precision.state_dict(),  # of fp16
        }

    def _resume(self) -> None:
        state = self.folder.last()
        if state is None:
            return
        if state["recipe"] != dataclasses.asdict(self.recipe) or "network" not in state:
            where = self.folder.path / "last.pt"
            raise TrainingError(f"{where} was made by another recipe: give a new output folder, or delete this one")
        self.network.load_state_dict(state["network"])
        self.averaged.load_state_dict(state["averaged"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.fabric._precision.load_state_dict(state["scaler"])
        self.epoch, self.best_weights = state["epoch"], state["best_weights"]
        for name, value in state["progress"].items():
            setattr(self, name, value)


@torch.no_grad()
def _average(averaged: nn.Module, network: nn.Module, decay: float, steps_before: int) -> None:
    # early on, a long memory would hold the random start
    decay = min(decay, (1 + steps_before) / (10 + steps_before))
    for mean, value in zip(averaged.state_dict().values(), network.state_dict().values(), strict=True):
        if mean.is_floating_point():
            mean.lerp_(value, 1 - decay)
        else:
            mean.copy_(value)
