"""The latency of a model for one face."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.training.evaluation.predictor import BatchProbabilities, Predictor
from emoar.training.faces.inputs import FaceBatch

__all__ = ["Measured", "measure"]

_WARM_UP: Final = 5


@dataclass(frozen=True, eq=False)
class Measured:
    """The probabilities of N faces, and the latency."""

    outputs: Mapping[str, NDArray[np.float32]]  # label set -> (N, labels) probabilities
    latency_ms: float  # median over the faces


def measure(predictor: Predictor, faces: FaceBatch) -> Measured:
    """Runs a model on each face separately and measures the time; at least one face, with a few warm-up runs first."""
    singles = [faces[index : index + 1] for index in range(len(faces))]
    for face in singles[:_WARM_UP]:
        predictor.predict(face)
    rows: list[BatchProbabilities] = []
    times_ms: list[float] = []
    for face in singles:
        started = time.perf_counter()
        rows.append(predictor.predict(face))
        times_ms.append(1e3 * (time.perf_counter() - started))
    outputs = {name: np.concatenate([row[name] for row in rows]) for name in predictor.label_sets}
    return Measured(outputs, statistics.median(times_ms))
