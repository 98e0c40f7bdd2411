"""A checkpoint of `emoar train`: the weights, and what is needed to build their network."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor

from emoar.errors import OutputError, TrainingError
from emoar.files import PartialFile
from emoar.models.inputs import ModelInput
from emoar.models.metadata import ModelInfo
from emoar.models.privacy import Privacy, privacy_from_dict
from emoar.training.networks.architectures import build, input_for
from emoar.training.networks.base import ExpressionNetwork
from emoar.training.networks.fold_batchnorm import fold_batchnorm

__all__ = ["Checkpoint"]

_REQUIRED: Final = ("recipe", "heads", "averaged", "epoch")  # keys of the file; the others are the state of a run


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """The state of training after an epoch."""

    recipe: Mapping[str, Any]  # the settings of the run; a file of an older version lacks newer ones
    heads: Mapping[str, tuple[str, ...]]  # label set -> its labels, in the order of the logits
    weights: Mapping[str, Tensor]  # moving average of the weights of the network: what is evaluated and exported
    epoch: int  # epochs done
    state: Mapping[str, Any] = field(default_factory=dict[str, Any])
    # ^ what a stopped run needs to continue (network, optimizer and the like); empty in a result
    path: Path | None = None  # where it was read from

    @classmethod
    def load(cls, path: Path) -> Checkpoint:
        """Reads a `final.pt` or `last.pt`.

        Raises:
            TrainingError: the file is missing, or not a checkpoint of `emoar train`.
        """
        try:
            content: Any = torch.load(path, map_location="cpu", weights_only=True)
            if not isinstance(content, dict) or not set(_REQUIRED) <= set(content):
                raise KeyError(f"it lacks {', '.join(_REQUIRED[:-1])} or {_REQUIRED[-1]}")
        except FileNotFoundError as exc:
            raise TrainingError(f"{path} does not exist: train first, with emoar train") from exc
        except IsADirectoryError as exc:
            raise TrainingError(f"{path} is a folder: name the checkpoint in it, such as {path / 'final.pt'}") from exc
        except (OSError, KeyError, RuntimeError, TypeError, ValueError, EOFError, pickle.UnpicklingError) as exc:
            damaged = isinstance(exc, pickle.UnpicklingError)  # PyTorch's text tells how to run code from the file
            cause = "it cannot be read" if damaged else next(iter(str(exc).splitlines()), type(exc).__name__)
            raise TrainingError(f"{path} is not a checkpoint of emoar train: {cause}") from exc
        return cls(
            recipe=content["recipe"],
            heads={str(name): tuple(map(str, labels)) for name, labels in content["heads"].items()},
            weights=content["averaged"],
            epoch=int(content["epoch"]),
            state={name: value for name, value in content.items() if name not in _REQUIRED},
            path=path,
        )

    def save(self, path: Path) -> Path:
        """Writes the file atomically: if the process is killed or the disk is full, an older file stays complete.

        Raises:
            OutputError: it cannot be written.
        """
        content = {
            "recipe": dict(self.recipe),
            "heads": {name: list(labels) for name, labels in self.heads.items()},
            "epoch": self.epoch,
            "averaged": dict(self.weights),
            **self.state,
        }
        file = PartialFile(path)
        try:
            torch.save(content, file.temporary)
        except (OSError, RuntimeError) as exc:  # torch's own writer raises RuntimeError when the disk is full
            file.discard()
            cause = next(iter(str(exc).splitlines()), type(exc).__name__)
            raise OutputError(f"{path} cannot be written ({cause}): the previous checkpoint is kept") from exc
        file.commit()
        return path

    @property
    def architecture(self) -> str:
        """The name of the architecture, a key of `ARCHITECTURES`."""
        return str(self.recipe.get("architecture"))

    @property
    def input(self) -> ModelInput:
        """The input of the network.

        Raises:
            TrainingError: the architecture does not exist.
        """
        size_px, channels = int(self.recipe.get("size_px", 48)), int(self.recipe.get("channels", 1))
        return input_for(self.architecture, size_px, channels)

    def network(self) -> ExpressionNetwork:
        """The trained network, in evaluation mode.

        Raises:
            TrainingError: the weights are from another version of the architecture, or it does not exist.
        """
        size = {key: int(self.recipe[key]) for key in ("size_px", "channels", "upsample_px") if key in self.recipe}
        network = build(self.architecture, self.heads, **size)
        if not any(name.endswith("running_mean") for name in self.weights):  # BatchNorm was folded before training
            fold_batchnorm(network)
        try:
            network.load_state_dict(self.weights)
        except RuntimeError as exc:
            where = self.path or "the checkpoint"
            raise TrainingError(f"{where} does not fit {self.architecture}: it is of another version") from exc
        return network.eval()

    def info(self, name: str | None = None) -> ModelInfo:
        """The description of the model; `name` None uses the name of the architecture.

        Raises:
            ModelMismatch: its labels or its privacy are not valid for a model.
            TrainingError: the architecture does not exist.
        """
        return ModelInfo(name or self.architecture, self.input, self.heads, privacy=self.privacy)

    @property
    def privacy(self) -> Privacy | None:
        """What its training spent; None without differential privacy.

        Raises:
            ModelMismatch: the statement is damaged.
        """
        document = self.state.get("privacy")
        return privacy_from_dict(document) if document else None
