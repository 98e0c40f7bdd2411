"""Coverage: the accuracy of the part of the faces that a model is most confident of (El-Yaniv and Wiener, 2010)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["SHARES", "Coverage", "coverage_of"]

SHARES: Final = (1.0, 0.9, 0.8, 0.5)  # of the faces, in tables and JSON


@dataclass(frozen=True, eq=False)
class Coverage:
    """The risk-coverage curve of N faces: the k most confident of them, for k from 1 to N."""

    accuracy: NDArray[np.float64]  # (N,) accuracy of the k most confident faces, 0..1

    def accuracy_at(self, share: float) -> float:
        """The accuracy of the most confident `share` of the faces, at least one of them; NaN without faces."""
        count = len(self.accuracy)
        return float(self.accuracy[max(1, round(share * count)) - 1]) if count else float("nan")

    @property
    def area_under_risk(self) -> float:
        """The area under the risk-coverage curve (AURC): the mean error rate over all coverages; NaN without faces."""
        return 1 - float(self.accuracy.mean()) if len(self.accuracy) else float("nan")


def coverage_of(confidence: NDArray[np.float64], correct: NDArray[np.bool_]) -> Coverage:
    """The curve of (N,) confidences and whether each label is (N,) correct.

    Faces of equal confidence count with their mean, so that their order does not matter.
    """
    _, group, sizes = np.unique(-confidence, return_inverse=True, return_counts=True)
    mean = np.bincount(group, correct.astype(np.float64), minlength=len(sizes)) / sizes
    return Coverage(np.cumsum(np.repeat(mean, sizes)) / np.arange(1, len(correct) + 1))
