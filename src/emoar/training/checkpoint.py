"""What a checkpoint of `emoar train` holds, for export."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# (torch is typed only in part)
from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import torch
from torch import nn

from emoar.errors import TrainingError
from emoar.models.metadata import ModelInfo
from emoar.training.networks.architectures import build, kind_of

__all__ = ["load_network", "open_checkpoint", "read_state"]


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
        heads,
        int(recipe.get("size_px", 48)),
        int(recipe.get("channels", 1)),
    )


def load_network(checkpoint: Path) -> nn.Module:
    """The trained network of a checkpoint, in evaluation mode.

    Raises:
        TrainingError: the file is missing, no checkpoint of ours, or of an architecture that has changed.
    """
    state = read_state(checkpoint)
    recipe, heads = state["recipe"], {name: tuple(labels) for name, labels in state["heads"].items()}
    channels, upsample_px = int(recipe.get("channels", 1)), int(recipe.get("upsample_px", 0))
    network = build(str(recipe.get("architecture")), heads, channels=channels, upsample_px=upsample_px)
    try:
        network.load_state_dict(state["averaged"])
    except RuntimeError as exc:
        raise TrainingError(f"{checkpoint} does not fit {recipe['architecture']}: it is of another version") from exc
    return network.eval()


def read_state(path: Path) -> dict[str, Any]:
    """What a checkpoint of `emoar train` holds.

    Raises:
        TrainingError: the file is missing, or is none.
    """
    try:
        state: Any = torch.load(path, map_location="cpu", weights_only=True)
        if not isinstance(state, dict) or not {"recipe", "heads", "averaged", "epoch"} <= set(state):
            raise KeyError("it lacks recipe, heads, averaged or epoch")
    except FileNotFoundError as exc:
        raise TrainingError(f"{path} does not exist: train first, with emoar train") from exc
    except IsADirectoryError as exc:
        raise TrainingError(f"{path} is a folder: name the checkpoint in it, such as {path / 'final.pt'}") from exc
    except (OSError, KeyError, RuntimeError, TypeError, ValueError, EOFError, pickle.UnpicklingError) as exc:
        cause = next(iter(str(exc).splitlines()), type(exc).__name__)
        raise TrainingError(f"{path} is not a checkpoint of emoar train: {cause}") from exc
    return state
