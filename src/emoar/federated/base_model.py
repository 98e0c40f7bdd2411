"""The model that a federation starts from: a checkpoint or a shipped model, its features, and its head."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from emoar.errors import InputError, TrainingError
from emoar.federated.head import Head
from emoar.federated.updates import Arrays
from emoar.models.expression import expression_model
from emoar.models.inputs import CropInput
from emoar.models.metadata import ModelInfo, read_info
from emoar.progress import NO_LOG, NO_PROGRESS, Progress
from emoar.training.checkpoint import Checkpoint
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.targets import NO_LABEL
from emoar.training.faces.inputs import FaceBatch, prepare_faces
from emoar.training.loop.initialise import network_of
from emoar.training.networks.base import ExpressionNetwork
from emoar.training.recipe import Recipe

__all__ = ["BaseModel"]

_BATCH: Final = 256


@dataclass(frozen=True, eq=False)
class BaseModel:
    """A network in evaluation mode, and what its checkpoint needs besides the weights."""

    network: ExpressionNetwork
    checkpoint: Checkpoint  # recipe and heads; its weights are those of the start

    @classmethod
    def open(cls, model: str, faces: FaceDataset) -> BaseModel:
        """Opens a checkpoint (.pt), a .tflite or a shipped model by its name.

        Args:
            model: path or name.
            faces: some faces, for statistics that a .tflite lacks.

        Raises:
            TrainingError: the checkpoint or model cannot be continued from.
            ModelMissing: there is no such model.
        """
        if model.endswith(".pt"):
            return cls.open_checkpoint(Path(model))
        members = expression_model(model).members
        if len(members) != 1:
            raise TrainingError(f"--model {model} is several models together: name one of them")
        info = read_info(members[0].path) or ModelInfo(members[0].path.stem)
        if not isinstance(info.input, CropInput):
            raise TrainingError(f"{model} reads landmarks, not pictures: start from another, such as emoar-s")
        recipe = Recipe(architecture=info.name, epochs=1, init=model)
        inputs = prepare_faces(FaceBatch(faces.images), info.input)
        network = network_of(recipe, info.heads, inputs, NO_LOG).eval()
        settings = {"architecture": info.name, "size_px": recipe.size_px, "channels": recipe.channels}
        return cls(network, Checkpoint(settings, info.heads, network.state_dict(), 0))

    @classmethod
    def open_checkpoint(cls, path: Path) -> BaseModel:
        """Opens a checkpoint.

        Raises:
            TrainingError: it is none.
        """
        checkpoint = Checkpoint.load(path)
        return cls(checkpoint.network(), checkpoint)

    def inputs(self, images: NDArray[np.uint8]) -> NDArray[Any]:
        """(N, ...) inputs of the network for (N, S, S) or (N, S, S, 3) crops."""
        return self.network.input.to_batch(prepare_faces(FaceBatch(images), self.network.input))

    def features(self, images: NDArray[np.uint8], progress: Progress = NO_PROGRESS) -> NDArray[np.float32]:
        """(N, D) float32 features: the input of the heads."""
        parts: list[NDArray[np.float32]] = []
        with torch.inference_mode():
            for start in range(0, len(images), _BATCH):
                batch = torch.from_numpy(self.inputs(images[start : start + _BATCH]))
                parts.append(self.network.features(self.network.preprocess(batch)).float().numpy())
                progress("features", min(start + _BATCH, len(images)), len(images))
        return np.concatenate(parts)

    def head(self, label_set: str) -> Arrays:
        """The weights of a head.

        Raises:
            InputError: the model has no such head.
        """
        if label_set not in self.checkpoint.heads:
            raise InputError(f"the model has no head {label_set!r}: it has {', '.join(self.checkpoint.heads)}")
        names = Head(label_set)
        state = self.network.state_dict()
        return {name: state[name].float().numpy().copy() for name in (names.weight, names.bias)}

    def with_weights(self, weights: Arrays, state: Mapping[str, Any]) -> Checkpoint:
        """A checkpoint with these tensors replaced; `state` is kept in it, such as the privacy that was spent."""
        own = self.network.state_dict()
        new = {**own, **{name: torch.from_numpy(np.array(value)) for name, value in weights.items()}}
        return replace(self.checkpoint, weights=new, state=dict(state), path=None)

    def labels(self, faces: FaceDataset, label_set: str) -> NDArray[np.int64]:
        """(N,) label index of each face in the order of the head, or `NO_LABEL`.

        Raises:
            InputError: the model or the faces lack the label set, or its labels differ.
        """
        expected = self.checkpoint.heads.get(label_set)
        if expected is None:
            raise InputError(f"the model has no head {label_set!r}: it has {', '.join(self.checkpoint.heads)}")
        targets = faces.targets.get(label_set)
        if targets is None or (targets.truth() == NO_LABEL).all():
            have = ", ".join(faces.label_sets) or "none"
            raise InputError(f"no face has a label of {label_set!r}; the data has {have}: choose one with --label-set")
        if targets.labels != expected:
            own, wanted = ", ".join(targets.labels), ", ".join(expected)
            raise InputError(f"the labels of the faces ({own}) are not those of the model ({wanted})")
        return targets.truth()
