"""The network at the start of a run: made, warmed up, and frozen as the recipe says."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# (torch is typed only in part)
from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn

from emoar.errors import InputError, TrainingError
from emoar.models.expression import expression_model
from emoar.training.checkpoint import read_state
from emoar.training.data.read import FaceDataset
from emoar.training.faces.inputs import evenly_spaced
from emoar.training.networks.architectures import Heads, build
from emoar.training.networks.face_resnet import FaceResNet
from emoar.training.networks.tflite_weights import load_tflite_weights
from emoar.training.networks.timm_net import TimmNet
from emoar.training.recipe import Recipe

__all__ = ["freeze", "network_of", "optimizer_of"]

_STATISTICS_FACES = 512  # whose statistics the normalisations get where weights come with them folded in


def network_of(recipe: Recipe, heads: Heads, data: FaceDataset, say: Callable[[str], None]) -> nn.Module:
    """The network of a recipe with its first weights.

    Args:
        recipe: names the architecture and where its weights come from.
        heads: the labels of each label set.
        data: faces in the size and colour of the recipe.
        say: is told in a line where the weights came from, if not from chance.

    Raises:
        TrainingError: unknown architecture, or weights that are of another one.
        InputError: pretrained weights for an architecture that has none.
        ModelMissing: `init` names no model.
    """
    network = build(recipe.architecture, heads, recipe.dropout, recipe.channels, recipe.upsample_px)
    _initialise_heads(network, recipe.head_init)
    if recipe.pretrained or recipe.pretrained_weights:
        say(_pretrained(network, recipe, data))
    if recipe.init:
        say(_continue_from(network, recipe.init, data))
    return network


def freeze(network: nn.Module, recipe: Recipe, epoch: int) -> None:
    """Lets the blocks learn that the recipe wants to learn in `epoch` (from 0); the heads always do."""
    blocks: list[nn.Module] = network.blocks()  # type: ignore[operator]
    all_learn = recipe.trainable_blocks < 0 or 0 < recipe.unfreeze_epoch <= epoch + 1
    frozen = 0 if all_learn else max(0, len(blocks) - recipe.trainable_blocks)
    for index, block in enumerate(blocks):
        block.requires_grad_(index >= frozen)
        block.train(index >= frozen)  # a frozen normalisation keeps its statistics


def optimizer_of(network: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    """The optimizer of a recipe; normalisation and biases do not decay."""
    decayed = [p for p in network.parameters() if p.ndim > 1]
    plain = [p for p in network.parameters() if p.ndim <= 1]
    groups: list[dict[str, Any]] = [
        {"params": decayed, "weight_decay": recipe.weight_decay},
        {"params": plain, "weight_decay": 0.0},
    ]
    if recipe.optimizer == "sgd":
        return torch.optim.SGD(groups, lr=recipe.lr, momentum=recipe.momentum, nesterov=recipe.momentum > 0)
    kind = torch.optim.Adam if recipe.optimizer == "adam" else torch.optim.AdamW
    return kind(groups, lr=recipe.lr, betas=(recipe.momentum, 0.999))


def _initialise_heads(network: nn.Module, kind: str) -> None:
    fill: Mapping[str, Callable[[torch.Tensor], Any]] = {
        "xavier": nn.init.xavier_uniform_,
        "kaiming": lambda weight: nn.init.kaiming_normal_(weight, nonlinearity="linear"),
        "normal": lambda weight: nn.init.normal_(weight, std=0.01),
        "zeros": nn.init.zeros_,
    }
    if kind == "default":
        return
    heads: nn.ModuleDict = network.heads  # type: ignore[assignment]
    for head in heads.values():
        assert isinstance(head, nn.Linear)
        fill[kind](head.weight)
        nn.init.zeros_(head.bias)


def _pretrained(network: nn.Module, recipe: Recipe, data: FaceDataset) -> str:
    """Weights that learned something else before: ImageNet, or to recognise people."""
    local = Path(recipe.pretrained_weights) if recipe.pretrained_weights else None
    if isinstance(network, TimmNet):
        return network.load_pretrained(recipe.architecture, local)
    if not isinstance(network, FaceResNet):
        raise InputError(f"recipe: {recipe.architecture} is our own and has no pretrained weights; init takes a model")
    if local is None:
        return (
            f"{recipe.architecture} has its weights from a file: training from scratch; get it with "
            "`npm pack @vladmandic/face-api`, unpack it and give "
            'pretrained_weights = "package/model/face_recognition_model-weights_manifest.json"'
        )
    return network.load_pretrained(local, evenly_spaced(data.images, _STATISTICS_FACES))


def _continue_from(network: nn.Module, init: str, data: FaceDataset) -> str:
    """Weights of a checkpoint, or of a .tflite or shipped model of the same architecture."""
    if not init.endswith(".pt"):
        model = expression_model(init)
        if len(model.members) != 1:
            raise TrainingError(f"init = {init!r} is several models together: name one of them")
        load_tflite_weights(network, model.members[0].path, evenly_spaced(data.images, _STATISTICS_FACES))
        return f"started from the weights of {init}"
    state = read_state(Path(init))["averaged"]
    own = network.state_dict()
    fitting = {name: value for name, value in state.items() if name in own and value.shape == own[name].shape}
    trunk = [name for name in own if not name.startswith("heads.")]
    if not all(name in fitting for name in trunk):
        raise TrainingError(f"{init} is a checkpoint of another architecture: init needs the same trunk")
    network.load_state_dict({**own, **fitting})
    fresh = sorted({name.split(".")[1] for name in own if name not in fitting})
    return f"started from {init}" + (f"; the heads {', '.join(fresh)} are new" if fresh else "")
