"""The parts of a network that fine-tuning trains: its heads, its last block, its last stage, or all of it."""

from __future__ import annotations

from typing import Final, Literal, get_args

from torch import Tensor, nn

from emoar.errors import TrainingError
from emoar.training.networks.base import ExpressionNetwork
from emoar.training.networks.residual import ResidualNet

__all__ = ["PARTS", "Part", "Tail", "Trunk", "set_trainable", "split_network"]

Part = Literal["head", "block", "stage", "all"]
PARTS: Final[tuple[Part, ...]] = get_args(Part)


def set_trainable(network: ExpressionNetwork, part: Part) -> int:
    """Makes the parameters of a part trainable and freezes all others.

    Returns:
        The number of trainable parameters.

    Raises:
        TrainingError: the network is not residual, and `part` is a block or a stage.
    """
    network.requires_grad_(part == "all")
    if part != "all":
        for module in (network.heads, *_last_blocks(network, part)):
            module.requires_grad_(True)
    return sum(values.numel() for values in network.parameters() if values.requires_grad)


class Trunk(nn.Module):
    """The layers before a part: from faces, the tensor of the network's input, to the values that the part takes."""

    def __init__(self, network: ExpressionNetwork, part: Part) -> None:
        super().__init__()
        self._network, self._part = network, part
        self._trained = len(_last_blocks(network, part))

    def forward(self, faces: Tensor) -> Tensor:
        if self._part == "all":
            return faces
        x = self._network.preprocess(faces)
        if self._part == "head":
            return self._network.features(x)
        assert isinstance(self._network, ResidualNet)
        return self._network.stages[: -self._trained](self._network.stem(x))


class Tail(nn.Module):
    """A part: from the values of its `Trunk` to the logits (N, labels) of each head."""

    def __init__(self, network: ExpressionNetwork, part: Part) -> None:
        super().__init__()
        self._network, self._part = network, part
        self._trained = len(_last_blocks(network, part))

    def forward(self, values: Tensor) -> dict[str, Tensor]:
        if self._part == "all":
            return self._network(values)
        if self._part == "head":
            return self._network.logits(values)
        assert isinstance(self._network, ResidualNet)
        blocks = self._network.stages[-self._trained :]
        return self._network.logits(self._network.pool(blocks(values)).flatten(1))


def split_network(network: ExpressionNetwork, part: Part) -> tuple[Trunk, Tail]:
    """The frozen layers and the trained ones, both with the weights of the network itself.

    `tail(trunk(x))` is `network(x)`; what the trunk gives for a face can be computed once and used in each epoch.

    Raises:
        TrainingError: the network is not residual, and `part` is a block or a stage.
    """
    return Trunk(network, part), Tail(network, part)


def _last_blocks(network: ExpressionNetwork, part: Part) -> list[nn.Module]:
    """The residual blocks of a part."""
    if part in ("head", "all"):
        return []
    if not isinstance(network, ResidualNet):
        raise TrainingError(f"the part {part} needs residual blocks: train the head or all of this network")
    return list(network.stages)[-(1 if part == "block" else network.shape.blocks[-1]) :]
