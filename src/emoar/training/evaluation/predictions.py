"""What a model said of many faces: of their crops, of their landmarks, or of what the pipeline made of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DataError, ModelMismatch
from emoar.training.data.read import NO_LABEL
from emoar.training.evaluation.predictor import Predictor
from emoar.training.faces.landmarks import crop_landmarks
from emoar.training.faces.realign import Realigned

__all__ = ["Predictions", "Report", "mean_of", "predict_crops", "predict_realigned"]

Report = Callable[[str, int, int], None]  # what is done, faces done, faces in all


@dataclass(frozen=True, eq=False)
class Predictions:
    """What a model said of N faces."""

    probabilities: Mapping[str, NDArray[np.float32]]  # (N, C) by label set; NaN where nothing was judged
    found: NDArray[np.bool_]  # (N,) where there was: the face, or the mesh that a landmark model needs

    def seen(self, truth: NDArray[np.int64]) -> NDArray[np.int64]:
        """The labels of what was judged; `NO_LABEL` elsewhere."""
        return np.where(self.found, truth, NO_LABEL)


def predict_crops(
    predictor: Predictor, images: NDArray[np.uint8], cache: Path | None, what: str, report: Report
) -> Predictions:
    """Judges (N, S, S[, 3]) crops; a model that needs landmarks those on which the mesh finds a face.

    Args:
        predictor: the model.
        images: the crops.
        cache: a folder that keeps landmarks.
        what: is done, in words, for `report`.
        report: called after each face.

    Raises:
        DataError: landmarks are needed, and no face has a mesh.
        ModelMismatch: the model gives no probabilities.
    """
    if not predictor.needs_landmarks:
        return _predict(predictor, images, None, np.ones(len(images), np.bool_), what, report)
    mesh = crop_landmarks(images, cache, report=lambda done, count: report(f"{what}: mesh", done, count))
    if not mesh.found.any():
        raise DataError(f"{predictor.name} judges by landmarks, and no face of the data has a mesh")
    return _predict(predictor, images, mesh.landmarks_px, mesh.found, what, report)


def predict_realigned(predictor: Predictor, faces: Realigned, report: Report) -> Predictions:
    """Judges what the pipeline found, from its own crops or landmarks.

    Raises:
        DataError: it found no face at all.
    """
    if not faces.found.any():
        raise DataError("the pipeline finds no face in the data: evaluate without --through-pipeline")
    return _predict(predictor, faces.crops, faces.landmarks_px, faces.found, "re-aligned crops", report)


def _predict(
    predictor: Predictor,
    crops: NDArray[np.uint8],
    landmarks_px: NDArray[np.float32] | None,
    found: NDArray[np.bool_],
    what: str,
    report: Report,
) -> Predictions:
    arrays = {
        name: np.full((len(crops), len(labels)), np.nan, np.float32) for name, labels in predictor.label_sets.items()
    }
    places = np.flatnonzero(found)
    points = landmarks_px[places] if landmarks_px is not None and predictor.needs_landmarks else None
    for done, said in enumerate(predictor.predict(crops[places], points)):
        for name, values in arrays.items():
            values[places[done]] = said[name]
        report(what, done + 1, len(places))
    for name, values in arrays.items():
        _check(predictor, name, values[places])
    return Predictions(arrays, found)


def _check(predictor: Predictor, name: str, values: NDArray[np.float32]) -> None:
    sums = values.sum(axis=1)
    fine = np.isfinite(values).all() and (values >= 0).all() and np.allclose(sums, 1, atol=1e-2)
    if not fine:
        worst = sums[np.abs(np.nan_to_num(sums, nan=np.inf) - 1).argmax()]
        raise ModelMismatch(f"{predictor.name}: {name} must be probabilities that sum to 1, a face has {worst:.3g}")


def mean_of(first: Predictions, second: Predictions) -> Predictions:
    """The mean probabilities: of both where both judged a face, else of the first alone."""
    both = (first.found & second.found)[:, None]
    mixed = {
        name: np.where(both, (values + second.probabilities[name]) / np.float32(2), values)
        for name, values in first.probabilities.items()
    }
    return Predictions(mixed, first.found)
