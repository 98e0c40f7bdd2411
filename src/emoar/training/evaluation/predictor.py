"""The common interface of models in all runtimes for evaluation."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from emoar.models.inputs import ModelInput
from emoar.training.faces.inputs import FaceBatch

__all__ = ["BatchProbabilities", "Predictor"]

BatchProbabilities = dict[str, NDArray[np.float32]]  # label set -> (N, labels) probabilities


class Predictor(Protocol):
    """A model that predicts the probability of each label."""

    @property
    def name(self) -> str:
        """The name of the model in tables and messages."""
        ...

    @property
    def size_bytes(self) -> int:
        """The total size of the files of the model; 0 for a network in memory."""
        ...

    @property
    def label_sets(self) -> Mapping[str, tuple[str, ...]]:
        """The label sets, with their labels in the order of the probabilities."""
        ...

    @property
    def inputs(self) -> Collection[ModelInput]:
        """The inputs of the members of the model; `face_batch` selects the faces that have all of them."""
        ...

    def predict(self, faces: FaceBatch) -> BatchProbabilities:
        """Predicts (N, labels) probabilities by label set; crops may have any size and colour.

        Raises:
            ModelMismatch: landmarks are needed, and the batch has none.
            InputError: as `ModelMismatch`, depending on the runtime.
        """
        ...

    def close(self) -> None:
        """Releases the model, which cannot be used afterwards."""
        ...
