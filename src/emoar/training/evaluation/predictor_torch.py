"""The predictor for PyTorch networks: a checkpoint of `emoar train`, or a network in memory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from emoar.models.metadata import ModelInfo
from emoar.training.checkpoint import Checkpoint
from emoar.training.evaluation.predictor import BatchProbabilities
from emoar.training.faces.inputs import FaceBatch, prepare_faces

__all__ = ["TorchPredictor"]


class TorchPredictor:
    """A PyTorch network as a `predictor.Predictor`."""

    def __init__(
        self,
        network: nn.Module,
        info: ModelInfo,
        temperatures: Mapping[str, float] | None = None,
        *,
        name: str | None = None,
        size_bytes: int = 0,
    ) -> None:
        """Creates the predictor.

        Args:
            network: network in evaluation mode, which returns logits by label set.
            info: description of the network.
            temperatures: divisors of the logits by label set; a missing label set, or None, is 1 (not calibrated).
            name: name of the model; None is the name of the description.
            size_bytes: size of the file of the network.
        """
        self._network, self._temperatures = network, dict(temperatures or {})
        self.name, self.size_bytes = name or info.name, size_bytes
        self.label_sets, self.inputs = dict(info.heads), (info.input,)

    @classmethod
    def from_checkpoint(cls, path: Path) -> TorchPredictor:
        """Loads the network of a `final.pt` or `last.pt`.

        Raises:
            TrainingError: the file is not a checkpoint of `emoar train`.
            ModelMismatch: the labels of the checkpoint are not valid for a model.
            DependencyMissing: the architecture needs timm, which is not installed.
        """
        checkpoint = Checkpoint.load(path)
        name = f"{path.parent.name}/{path.name}"
        return cls(checkpoint.network(), checkpoint.info(), name=name, size_bytes=path.stat().st_size)

    def logits(self, faces: FaceBatch) -> dict[str, Tensor]:
        """Computes (N, labels) float32 logits by label set, before temperatures are applied.

        Raises:
            InputError: the network takes landmarks, and the batch has none.
        """
        (takes,) = self.inputs
        with torch.inference_mode():
            logits = self._network(torch.from_numpy(takes.to_batch(prepare_faces(faces, takes))))
        return {name: logits[name].float() for name in self.label_sets}

    def predict(self, faces: FaceBatch) -> BatchProbabilities:
        return {
            name: torch.softmax(logits / self._temperatures.get(name, 1.0), dim=1).numpy()
            for name, logits in self.logits(faces).items()
        }

    def close(self) -> None:
        del self._network
