"""What a checkpoint of `emoar train` holds, for export."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# (torch is typed only in part)
from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch
from torch import nn

from emoar.errors import TrainingError
from emoar.model_info import ModelInfo
from emoar.training.dataset import FaceDataset
from emoar.training.train import load_network

__all__ = ["open_checkpoint"]


def open_checkpoint(path: Path, data: FaceDataset, name: str | None = None) -> tuple[nn.Module, ModelInfo]:
    """The trained network in evaluation mode, and what it is.

    Labels and architecture are in the checkpoint; the size of the crops is that of the data of its training.

    Args:
        path: a `final.pt` or `last.pt`.
        data: faces as it was trained on.
        name: of the model; None: its architecture's.

    Raises:
        TrainingError: the file is missing, or no checkpoint of `emoar train`.
    """
    if path.is_dir():
        raise TrainingError(f"{path} is a folder: name the checkpoint in it, such as {path / 'final.pt'}")
    network = load_network(path).eval()
    state: Mapping[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    heads = {head: tuple(map(str, labels)) for head, labels in state["heads"].items()}
    title = name or str(state["recipe"]["architecture"])
    first = next((m for m in network.modules() if isinstance(m, nn.Conv2d)), None)
    channels = first.in_channels if first is not None else 1
    kind = "mesh" if getattr(network, "kind", "crop") == "mesh" else "crop"
    side = int(state.get("size_px") or data.images.shape[1])
    return network, ModelInfo(title, kind, MappingProxyType(heads), side, channels)
