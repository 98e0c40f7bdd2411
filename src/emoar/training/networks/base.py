"""The base of all networks: faces in, the logits of each label set out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path

from torch import Tensor, nn

from emoar.errors import InputError
from emoar.models.inputs import CropInput, InputValues, ModelInput
from emoar.training.networks.standardise import standardise

__all__ = ["CropNetwork", "ExpressionNetwork", "Heads"]

Heads = Mapping[str, tuple[str, ...]]  # label set -> its labels, in the order of the logits


class ExpressionNetwork(nn.Module, ABC):
    """Preprocessing, a trunk that the architecture defines, and a linear head for each label set.

    A subclass builds its trunk in `__init__` and then calls `add_heads`.

    Attributes:
        input: what the network takes of a face.
        dropout: between the trunk and the heads.
        heads: by label set.
    """

    dropout: nn.Dropout
    heads: nn.ModuleDict

    def __init__(self, takes: ModelInput) -> None:
        super().__init__()
        self.input = takes

    def add_heads(self, heads: Heads, width: int, dropout: float = 0.0) -> None:
        """Adds dropout and heads on `width` features."""
        self.dropout = nn.Dropout(dropout)
        self.heads = nn.ModuleDict({name: nn.Linear(width, len(labels)) for name, labels in heads.items()})

    def forward(self, faces: Tensor) -> dict[str, Tensor]:
        """Tensors of `input` (channels first, N faces) -> logits (N, labels) of each head."""
        features = self.dropout(self.features(self.preprocess(faces)))
        return {name: head(features) for name, head in self.heads.items()}

    @abstractmethod
    def preprocess(self, faces: Tensor) -> Tensor:
        """The bare faces as the trunk takes them: inside the network, so that no caller can do it otherwise."""

    @abstractmethod
    def features(self, x: Tensor) -> Tensor:
        """The trunk: preprocessed faces -> (N, width)."""

    @abstractmethod
    def blocks(self) -> list[nn.Module]:
        """The parts of the trunk from the input to the output: what freezing counts."""

    def load_pretrained(self, weights: Path | None, faces: InputValues) -> str:
        """Loads weights that were trained on another task.

        Args:
            weights: a file; None: from where the architecture's library fetches them.
            faces: of the training data, for statistics that the weights do not bring.

        Returns:
            What happened, in a line.

        Raises:
            InputError: the architecture has no such weights.
            DataError: the file cannot be read.
            TrainingError: the weights are of another architecture.
        """
        raise InputError("recipe: this architecture is our own and has no pretrained weights; init takes a model")

    def warm_up(self, faces: InputValues) -> None:
        """Takes what the network needs to know of the training data before the first step; most need nothing.

        Args:
            faces: all inputs of the training samples.
        """


class CropNetwork(ExpressionNetwork):
    """A network of (N, 1 or 3, H, W) float32 crops in 0..255, standardised per image and enlarged inside.

    Attributes:
        upsample_px: the side to which crops are resized; 0 takes them as they are.
        smallest_px: smaller crops are enlarged to this side where `upsample_px` is 0.
    """

    smallest_px = 0

    def __init__(self, takes: CropInput, upsample_px: int = 0) -> None:
        super().__init__(takes)
        self.upsample_px = upsample_px

    def preprocess(self, faces: Tensor) -> Tensor:
        """(N, C, H, W) crops in 0..255 -> zero mean, unit deviation, in the size of the trunk."""
        x = standardise(faces)
        side = self.upsample_px or max(x.shape[-1], self.smallest_px)
        return x if side == x.shape[-1] else nn.functional.interpolate(x, size=(side, side), mode="bilinear")
