"""The expression of an aligned crop."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.labels import FER2013, FERPLUS
from emoar.perception.align import CROP_PX
from emoar.runtime import Session

__all__ = ["ExpressionClassifier"]

OUTPUTS: Final = {"ferplus": (1, len(FERPLUS)), "fer2013": (1, len(FER2013))}


class ExpressionClassifier:
    """Runs our own expression model."""

    def __init__(self, model: Path, threads: int = 1) -> None:
        self._session = Session(model, (1, CROP_PX, CROP_PX, 1), OUTPUTS, threads)

    def classify(self, crop: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        """Calibrated probabilities of a (48, 48) grey crop, by label set: `ferplus` (8,) and `fer2013` (7,)."""
        self._session.input()[0, :, :, 0] = crop
        return {name: output[0] for name, output in self._session.run().items()}

    def close(self) -> None:
        """Frees the model."""
        self._session.close()
