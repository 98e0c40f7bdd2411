"""Calibration: how far confidences match accuracies, and the temperature that makes them match best."""

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
RANGE: Final = (0.05, 20.0)  # of a temperature: on data that a model has learned by heart, the best one would be 0
_SMALLEST: Final = 1e-12  # a smaller probability is rounded to 0 or meaningless
_HALVINGS: Final = 60


@dataclass(frozen=True, eq=False)
class Reliability:
    """Faces by the confidence of the model, in equal bins from 0 to 1."""

    count: NDArray[np.int64]  # (B,)
    confidence: NDArray[np.float64]  # (B,) mean, NaN in an empty bin
    accuracy: NDArray[np.float64]  # (B,) NaN in an empty bin

    @property
    def error(self) -> float:
        """The expected calibration error: the mean gap of confidence and accuracy; NaN without a face."""
        if not self.count.any():
            return float("nan")
        gaps = np.abs(np.nan_to_num(self.confidence - self.accuracy))
        return float((gaps * self.count).sum() / self.count.sum())


def reliability(
    probabilities: NDArray[np.float32] | NDArray[np.float64], correct: NDArray[np.bool_], bins: int = BINS
) -> Reliability:
    """Bins (N, C) probabilities by their largest; `correct` is where that is the true label."""
    confidence = probabilities.max(axis=1).astype(np.float64) if len(correct) else np.empty(0)
    place = np.minimum((confidence * bins).astype(np.int64), bins - 1)
    count = np.bincount(place, minlength=bins)
    shares = (np.bincount(place, weights, minlength=bins) for weights in (confidence, correct.astype(np.float64)))
    mean, accuracy = (np.divide(s, count, out=np.full(bins, np.nan), where=count > 0) for s in shares)
    return Reliability(count, mean, accuracy)


def expected_calibration_error(
    probabilities: NDArray[np.float32] | NDArray[np.float64], correct: NDArray[np.bool_], bins: int = BINS
) -> float:
    """Mean gap between confidence and accuracy over equal bins of confidence (Naeini et al., 2015)."""
    return reliability(probabilities, correct, bins).error


def fit_temperature(logits: NDArray[np.float32] | NDArray[np.float64], truth: NDArray[np.int64]) -> float:
    """The temperature with the least negative log-likelihood of (N,) labels (Guo et al., 2017); 1 without a face.

    Args:
        logits: (N, C); of probabilities, `logits_of` them.
        truth: the label of each row.

    The loss is convex in 1 / T with the slope "mean logit under the model less logit of the label", so bisection finds
    its root.
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
    """(N, C) probabilities, sharper (temperature below 1) or flatter; the most probable label stays the same."""
    return _softmax(logits_of(probabilities) / temperature)


def logits_of(probabilities: NDArray[np.float32]) -> NDArray[np.float64]:
    """The logarithms of (N, C) probabilities: logits, up to a constant for each row that softmax cancels."""
    return np.log(np.maximum(probabilities.astype(np.float64), _SMALLEST))


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
