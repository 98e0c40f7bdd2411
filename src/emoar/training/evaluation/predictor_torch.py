"""A checkpoint of `emoar train` judges faces, in PyTorch: its bare logits, no temperature."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# (torch is typed only in part)
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from emoar.perception.ensemble import Probabilities
from emoar.training.checkpoint import open_checkpoint
from emoar.training.data.read import FaceDataset
from emoar.training.faces.inputs import resize_crops, to_batch

__all__ = ["CheckpointPredictor"]

_BATCH: Final = 64


class CheckpointPredictor:
    """See `judging.Predictor`.

    Raises:
        TrainingError: the file is no checkpoint of `emoar train`.
    """

    def __init__(self, path: Path, data: FaceDataset) -> None:
        self._network, self._info = open_checkpoint(path)
        self.name, self.size_bytes = f"{path.parent.name}/{path.name}", path.stat().st_size
        self.label_sets = dict(self._info.heads)
        self.needs_landmarks = self._info.kind == "mesh"

    def predict(self, crops: NDArray[np.uint8], landmarks_px: NDArray[np.float32] | None) -> Iterator[Probabilities]:
        for start in range(0, len(crops), _BATCH):
            part = slice(start, start + _BATCH)
            if self.needs_landmarks:
                assert landmarks_px is not None
                faces = to_batch(landmarks_px[part], channels_first=True)
            else:
                faces = to_batch(resize_crops(crops[part], self._info), channels_first=True)
            with torch.inference_mode():
                logits = self._network(torch.from_numpy(faces))
            said = {name: torch.softmax(logits[name].float(), dim=1).numpy() for name in self.label_sets}
            yield from ({name: p[index] for name, p in said.items()} for index in range(len(faces)))

    def close(self) -> None:
        del self._network
