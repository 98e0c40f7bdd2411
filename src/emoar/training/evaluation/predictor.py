"""One interface to every model, whatever its runtime: probabilities of any labelled faces."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from emoar.models.inputs import ModelInput
from emoar.training.faces.inputs import FaceBatch

__all__ = ["BatchProbabilities", "Predictor"]

BatchProbabilities = dict[str, NDArray[np.float32]]  # label set -> (N, labels)


class Predictor(Protocol):
    """A model that gives the probability of each label."""

    @property
    def name(self) -> str:
        """The model's name in tables and messages."""
        ...

    @property
    def size_bytes(self) -> int:
        """The size of its files together."""
        ...

    @property
    def label_sets(self) -> Mapping[str, tuple[str, ...]]:
        """Its label sets, with their labels in the order of the probabilities."""
        ...

    @property
    def inputs(self) -> Collection[ModelInput]:
        """What its members take of a face: `face_batch` gives the faces that have all of it."""
        ...

    def predict(self, faces: FaceBatch) -> BatchProbabilities:
        """The probabilities of each face, (N, labels) by label set; crops may be of any size and colour.

        Raises:
            ModelMismatch, InputError: landmarks are needed, and the batch has none.
        """
        ...

    def close(self) -> None:
        """Frees the model."""
        ...
