"""The base classes of all networks, which map faces to the logits of each label set."""

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
    """A network with preprocessing, a trunk that the subclass defines, and a linear head for each label set.

    A subclass builds its trunk in `__init__` and then calls `add_heads`.

    Attributes:
        input: the input of the network.
        dropout: dropout layer between the trunk and the heads.
        heads: linear layers by label set.
    """

    dropout: nn.Dropout
    heads: nn.ModuleDict

    def __init__(self, takes: ModelInput) -> None:
        super().__init__()
        self.input = takes

    def add_heads(self, heads: Heads, width: int, dropout: float = 0.0) -> None:
        """Adds dropout with that probability and the heads, which take `width` features."""
        self.dropout = nn.Dropout(dropout)
        self.heads = nn.ModuleDict({name: nn.Linear(width, len(labels)) for name, labels in heads.items()})

    def forward(self, faces: Tensor) -> dict[str, Tensor]:
        """Computes the logits (N, labels) of each head from N faces: the tensor of `input`, channels first."""
        return self.logits(self.features(self.preprocess(faces)))

    def logits(self, features: Tensor) -> dict[str, Tensor]:
        """Computes the logits (N, labels) of each head from (N, width) features."""
        features = self.dropout(features)
        return {name: head(features) for name, head in self.heads.items()}

    @abstractmethod
    def preprocess(self, faces: Tensor) -> Tensor:
        """Converts raw inputs to the input of the trunk, inside the network so that all runtimes do the same."""

    @abstractmethod
    def features(self, x: Tensor) -> Tensor:
        """The trunk: computes (N, width) features from preprocessed faces."""

    @abstractmethod
    def blocks(self) -> list[nn.Module]:
        """The blocks of the trunk from input to output; freezing counts these."""

    def load_pretrained(self, weights: Path | None, faces: InputValues) -> str:
        """Loads weights that were trained on another task.

        Args:
            weights: a file; None uses the source of the architecture's library.
            faces: inputs of some training faces, for BatchNorm statistics that the weights lack.

        Returns:
            A line for the log.

        Raises:
            InputError: the architecture has no such weights.
            DataError: the file cannot be read.
            TrainingError: the weights are from another architecture.
        """
        raise InputError("recipe: this architecture is our own and has no pretrained weights; init takes a model")

    def warm_up(self, faces: InputValues) -> None:
        """Computes statistics of the training data before the first step; the default does nothing.

        Args:
            faces: (N, ...) inputs of all training samples.
        """


class CropNetwork(ExpressionNetwork):
    """A network of (N, 1 or 3, H, W) float32 crops in 0..255, which it standardises per image and resizes.

    Attributes:
        upsample_px: side to which crops are resized; 0 keeps their size, but at least `smallest_px`.
        smallest_px: smallest side of the input of the trunk where `upsample_px` is 0.
    """

    smallest_px = 0

    def __init__(self, takes: CropInput, upsample_px: int = 0) -> None:
        super().__init__(takes)
        self.upsample_px = upsample_px

    def preprocess(self, faces: Tensor) -> Tensor:
        """Standardises (N, C, H, W) crops in 0..255 to zero mean and unit deviation, and resizes them for the trunk."""
        x = standardise(faces)
        side = self.upsample_px or max(x.shape[-1], self.smallest_px)
        return x if side == x.shape[-1] else nn.functional.interpolate(x, size=(side, side), mode="bilinear")
