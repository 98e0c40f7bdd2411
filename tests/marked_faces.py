"""Faces that carry their predicted label in a pixel, and a predictor that reads it: figures without a model."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray
from training_faces import face_dataset

from emoar.labels import FER2013
from emoar.models.decision import Decision, Rule
from emoar.models.inputs import CropInput, ModelInput
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.targets import NO_LABEL
from emoar.training.faces.inputs import FaceBatch

CONFIDENCE = 0.79  # of the label in the pixel; the others share the rest


class Lifted(Decision):
    """A decision that lifts one label: it is shown, with this confidence, where another is predicted; others stay."""

    def __init__(self, label: int, confidence: float, instead_of: int, minimum: float = 0.0) -> None:
        super().__init__({"fer2013": Rule((1 / 7,) * 7, unsure_below=minimum)})
        object.__setattr__(self, "_lifted", (label, confidence, instead_of))

    def decide(
        self,
        probabilities: Mapping[str, NDArray[np.float64]],
        heads: Mapping[str, tuple[str, ...]],
        second: Mapping[str, NDArray[np.float64]] | None = None,
    ) -> dict[str, NDArray[np.float64]]:
        return {name: self._with_lifted(each) for name, each in probabilities.items() if len(each) == len(heads[name])}

    def _with_lifted(self, probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
        label, confidence, instead_of = self._lifted
        if probabilities.argmax() != instead_of:
            return probabilities
        lifted = np.full(len(probabilities), (1 - confidence) / (len(probabilities) - 1))
        lifted[label] = confidence
        return lifted


class MarkedPredictor:
    """Predicts the label in the upper left pixel of each crop; a mirrored crop has it at the right and is label 0."""

    def __init__(
        self,
        label_sets: dict[str, tuple[str, ...]] | None = None,
        inputs: Collection[ModelInput] = (CropInput(),),
        scale: float = 1.0,
        decision: Decision | None = None,
    ) -> None:
        self.decision = decision
        self.name, self.size_bytes = "marked", 12
        self.label_sets = label_sets or {"fer2013": FER2013}
        self.inputs = inputs
        self.scale = scale  # of the probabilities: other than 1, they are none
        self.batches: list[int] = []
        self.closed = False

    def predict(self, faces: FaceBatch) -> dict[str, NDArray[np.float32]]:
        self.batches.append(len(faces))
        labels = faces.crops[:, 0, 0].astype(int)
        return {name: self.scale * probabilities(labels, len(each)) for name, each in self.label_sets.items()}

    def close(self) -> None:
        self.closed = True


def probabilities(labels: NDArray[np.int64], count: int) -> NDArray[np.float32]:
    """(N, count) with `CONFIDENCE` for each label."""
    rows = np.full((len(labels), count), (1 - CONFIDENCE) / (count - 1), np.float32)
    rows[np.arange(len(labels)), labels] = CONFIDENCE
    return rows


def marked_dataset(truth: list[int], predicted: list[int], split: list[str] | None = None) -> FaceDataset:
    """Faces with these FER2013 labels, and other predicted ones."""
    images = np.zeros((len(truth), 48, 48), np.uint8)
    images[:, 0, 0] = predicted
    return face_dataset(images, split or ["PrivateTest"] * len(truth), fer2013=truth)


__all__ = ["CONFIDENCE", "NO_LABEL", "Lifted", "MarkedPredictor", "marked_dataset", "probabilities"]
