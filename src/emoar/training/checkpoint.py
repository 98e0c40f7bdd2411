"""What a checkpoint of `emoar train` holds, for export."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

from torch import nn

from emoar.models.metadata import ModelInfo
from emoar.training.loop.train import load_network
from emoar.training.networks.architectures import kind_of
from emoar.training.run_folder import read_state

__all__ = ["open_checkpoint"]


def open_checkpoint(path: Path, name: str | None = None) -> tuple[nn.Module, ModelInfo]:
    """The trained network in evaluation mode, and what it is.

    Args:
        path: a `final.pt` or `last.pt`.
        name: of the model; None: its architecture's.

    Raises:
        TrainingError: the file is missing, no checkpoint of `emoar train`, or does not fit its architecture.
        ModelMismatch: its labels cannot be those of a model.
    """
    network = load_network(path)
    state = read_state(path)
    recipe, architecture = state["recipe"], str(state["recipe"]["architecture"])
    heads = {head: tuple(map(str, labels)) for head, labels in state["heads"].items()}
    return network, ModelInfo(
        name or architecture,
        kind_of(architecture),
        MappingProxyType(heads),
        int(recipe.get("size_px", 48)),
        int(recipe.get("channels", 1)),
    )
