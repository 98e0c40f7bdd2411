"""A network of `emoar train` in PyTorch: a checkpoint, or one in memory."""

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
    """See `predictor.Predictor`."""

    def __init__(
        self,
        network: nn.Module,
        info: ModelInfo,
        temperatures: Mapping[str, float] | None = None,
        *,
        name: str | None = None,
        size_bytes: int = 0,
    ) -> None:
        """Takes a network in evaluation mode.

        Args:
            network: gives logits by label set.
            info: its description.
            temperatures: by label set: what divides its logits; None is 1, as a checkpoint is not calibrated.
            name: None is that of the description.
            size_bytes: of the file that the network comes from.
        """
        self._network, self._temperatures = network, dict(temperatures or {})
        self.name, self.size_bytes = name or info.name, size_bytes
        self.label_sets, self.inputs = dict(info.heads), (info.input,)

    @classmethod
    def from_checkpoint(cls, path: Path) -> TorchPredictor:
        """The network of a `final.pt` or `last.pt`.

        Raises:
            TrainingError: the file is no checkpoint of `emoar train`.
        """
        checkpoint = Checkpoint.load(path)
        name = f"{path.parent.name}/{path.name}"
        return cls(checkpoint.network(), checkpoint.info(), name=name, size_bytes=path.stat().st_size)

    def logits(self, faces: FaceBatch) -> dict[str, Tensor]:
        """(N, labels) float32 on the CPU, by label set."""
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
