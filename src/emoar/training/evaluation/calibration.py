"""Calibration: reliability of confidences, expected calibration error, and temperature scaling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Reliability",
    "expected_calibration_error",
    "fit_temperature",
    "logits_of",
    "reliability",
    "with_temperature",
]

BINS: Final = 15
RANGE: Final = (0.05, 20.0)  # bounds of a temperature: without errors in the data, the optimum would be 0
_SMALLEST: Final = 1e-12  # lower bound of probabilities before the logarithm
_HALVINGS: Final = 60


@dataclass(frozen=True, eq=False)
class Reliability:
    """A reliability diagram: faces by the confidence of the model, in B equal bins from 0 to 1."""

    count: NDArray[np.int64]  # (B,) faces
    confidence: NDArray[np.float64]  # (B,) mean confidence, NaN in an empty bin
    accuracy: NDArray[np.float64]  # (B,) accuracy 0..1, NaN in an empty bin

    @property
    def error(self) -> float:
        """The expected calibration error: the mean gap between confidence and accuracy, 0..1; NaN without faces."""
        if not self.count.any():
            return float("nan")
        gaps = np.abs(np.nan_to_num(self.confidence - self.accuracy))
        return float((gaps * self.count).sum() / self.count.sum())


def reliability(
    probabilities: NDArray[np.float32] | NDArray[np.float64], correct: NDArray[np.bool_], bins: int = BINS
) -> Reliability:
    """Bins faces by confidence.

    Args:
        probabilities: (N, C), of which the largest of a row is the confidence; or the (N,) confidences, 0..1.
        correct: (N,) whether the label with this confidence is the true one.
        bins: number of equal bins.
    """
    confidence = (probabilities if probabilities.ndim == 1 else probabilities.max(axis=1)).astype(np.float64)
    place = np.minimum((confidence * bins).astype(np.int64), bins - 1)
    count = np.bincount(place, minlength=bins)
    shares = (np.bincount(place, weights, minlength=bins) for weights in (confidence, correct.astype(np.float64)))
    mean, accuracy = (np.divide(s, count, out=np.full(bins, np.nan), where=count > 0) for s in shares)
    return Reliability(count, mean, accuracy)


def expected_calibration_error(
    probabilities: NDArray[np.float32] | NDArray[np.float64], correct: NDArray[np.bool_], bins: int = BINS
) -> float:
    """The expected calibration error (Naeini et al., 2015), 0..1; NaN without faces. Arguments as `reliability`."""
    return reliability(probabilities, correct, bins).error


def fit_temperature(logits: NDArray[np.float32] | NDArray[np.float64], truth: NDArray[np.int64]) -> float:
    """The temperature T with the lowest negative log-likelihood (Guo et al., 2017), within `RANGE`; 1 without faces.

    The loss is convex in 1 / T. Its derivative, the mean logit under the model minus the logit of the label, has one
    root, which bisection finds.

    Args:
        logits: (N, C); for probabilities, use `logits_of`.
        truth: (N,) label indices.
    """
    if not len(truth):
        return 1.0
    logits = logits.astype(np.float64)
    target = logits[np.arange(len(truth)), truth].mean()
    sharpest, flattest = 1 / RANGE[0], 1 / RANGE[1]
    low, high = np.log(flattest), np.log(sharpest)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        slope = (_softmax(np.exp(middle) * logits) * logits).sum(axis=1).mean() - target
        low, high = (low, middle) if slope > 0 else (middle, high)
    return float(np.exp(-(low + high) / 2))


def with_temperature(probabilities: NDArray[np.float32], temperature: float) -> NDArray[np.float64]:
    """Applies a temperature to (N, C) probabilities: below 1 sharpens, above 1 flattens; the order of labels stays."""
    return _softmax(logits_of(probabilities) / temperature)


def logits_of(probabilities: NDArray[np.float32]) -> NDArray[np.float64]:
    """(N, C) logarithms of probabilities: logits up to a constant per row, which softmax cancels."""
    return np.log(np.maximum(probabilities.astype(np.float64), _SMALLEST))


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
