"""The network and optimizer at the start of a run: initial weights, frozen blocks and parameter groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import torch
from torch import nn

from emoar.errors import TrainingError
from emoar.models.expression import expression_model
from emoar.models.inputs import InputValues
from emoar.progress import Log
from emoar.training.checkpoint import Checkpoint
from emoar.training.faces.inputs import evenly_spaced
from emoar.training.networks.architectures import build
from emoar.training.networks.base import ExpressionNetwork, Heads
from emoar.training.networks.recompute_batchnorm import Normalisation
from emoar.training.networks.tflite_weights import load_tflite_weights
from emoar.training.recipe import Recipe

__all__ = ["freeze", "network_of", "optimizer_of"]

_STATISTICS_FACES: Final = 512  # faces for BatchNorm statistics, which weights with folded BatchNorm lack


def network_of(recipe: Recipe, heads: Heads, inputs: InputValues, log: Log) -> ExpressionNetwork:
    """Builds the network of a recipe and loads or draws its initial weights.

    Args:
        recipe: the architecture and the source of its weights.
        heads: the labels of each label set.
        inputs: (N, ...) inputs of the training samples, without augmentation.
        log: called with the source of the weights, where they are not random.

    Raises:
        TrainingError: the architecture is unknown, or the weights are from another one.
        InputError: the recipe asks for pretrained weights of an architecture that has none.
        DataError: the file of pretrained weights cannot be read.
        ModelMissing: `init` is not the name or path of a model.
        DependencyMissing: the architecture needs timm, which is not installed.
    """
    size = {"size_px": recipe.size_px, "channels": recipe.channels, "upsample_px": recipe.upsample_px}
    network = build(recipe.architecture, heads, recipe.dropout, **size)
    _initialise_heads(network.heads, recipe.head_init)
    some = evenly_spaced(inputs, _STATISTICS_FACES)
    if recipe.pretrained or recipe.pretrained_weights:
        log(network.load_pretrained(Path(recipe.pretrained_weights) if recipe.pretrained_weights else None, some))
    if recipe.init:
        log(_continue_from(network, recipe.init, some))
    else:
        network.warm_up(inputs)
    return network


def freeze(network: ExpressionNetwork, recipe: Recipe, epoch: int) -> None:
    """Freezes all blocks except those that the recipe trains in `epoch` (from 0); the heads are always trained.

    Frozen blocks keep the statistics of their BatchNorm layers, and with `keep_batchnorm` all blocks do.
    """
    blocks = network.blocks()
    all_learn = recipe.trainable_blocks < 0 or 0 < recipe.unfreeze_epoch <= epoch + 1
    frozen = 0 if all_learn else max(0, len(blocks) - recipe.trainable_blocks)
    for index, block in enumerate(blocks):
        block.requires_grad_(index >= frozen)
        block.train(index >= frozen)
    if recipe.keep_batchnorm:
        for module in network.modules():
            if isinstance(module, Normalisation):
                module.eval()


def optimizer_of(network: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    """The optimizer of a recipe, without weight decay on normalisation and biases."""
    decayed = [p for p in network.parameters() if p.ndim > 1]
    others = [p for p in network.parameters() if p.ndim <= 1]
    groups: list[dict[str, Any]] = [
        {"params": decayed, "weight_decay": recipe.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    if recipe.optimizer == "sgd":
        return torch.optim.SGD(groups, lr=recipe.lr, momentum=recipe.momentum, nesterov=recipe.momentum > 0)
    kind = torch.optim.Adam if recipe.optimizer == "adam" else torch.optim.AdamW
    return kind(groups, lr=recipe.lr, betas=(recipe.momentum, 0.999))


def _initialise_heads(heads: nn.ModuleDict, kind: str) -> None:
    fill: Mapping[str, Callable[[torch.Tensor], Any]] = {
        "xavier": nn.init.xavier_uniform_,
        "kaiming": lambda weight: nn.init.kaiming_normal_(weight, nonlinearity="linear"),
        "normal": lambda weight: nn.init.normal_(weight, std=0.01),
        "zeros": nn.init.zeros_,
    }
    if kind == "default":
        return
    for head in heads.values():
        assert isinstance(head, nn.Linear)
        fill[kind](head.weight)
        nn.init.zeros_(head.bias)


def _continue_from(network: ExpressionNetwork, init: str, inputs: InputValues) -> str:
    """Loads the weights of a checkpoint, a .tflite or a shipped model; returns a line for the log."""
    if not init.endswith(".pt"):
        model = expression_model(init)
        if len(model.members) != 1:
            raise TrainingError(f"init = {init!r} is several models together: name one of them")
        load_tflite_weights(network, model.members[0].path, inputs)
        return f"started from the weights of {init}"
    weights = Checkpoint.load(Path(init)).weights
    own = network.state_dict()
    fitting = {name: value for name, value in weights.items() if name in own and value.shape == own[name].shape}
    trunk = [name for name in own if not name.startswith("heads.")]
    if not all(name in fitting for name in trunk):
        raise TrainingError(f"{init} is a checkpoint of another architecture: init needs the same trunk")
    network.load_state_dict({**own, **fitting})
    fresh = sorted({name.split(".")[1] for name in own if name not in fitting})
    return f"started from {init}" + (f"; the heads {', '.join(fresh)} are new" if fresh else "")
