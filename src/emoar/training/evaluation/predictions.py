"""Predictions for datasets: from the crops of the data, their landmarks, or re-aligned crops."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DataError, ModelMismatch
from emoar.progress import Progress, renamed
from emoar.training.data.targets import NO_LABEL
from emoar.training.evaluation.predictor import Predictor
from emoar.training.faces.inputs import FaceBatch, face_batch
from emoar.training.faces.realign import Realigned

__all__ = ["Predictions", "mean_of", "mirror_images", "predict_crops", "predict_realigned"]

_BATCH: Final = 64  # faces


@dataclass(frozen=True, eq=False)
class Predictions:
    """The outputs of a model for N faces."""

    probabilities: Mapping[str, NDArray[np.float32]]  # label set -> (N, labels); NaN where there is no prediction
    found: NDArray[np.bool_]  # (N,) whether there is a prediction; false for faces without a mesh that is needed

    def seen(self, truth: NDArray[np.int64]) -> NDArray[np.int64]:
        """(N,) label indices with `NO_LABEL` for faces without a prediction."""
        return np.where(self.found, truth, NO_LABEL)


def predict_crops(
    predictor: Predictor, images: NDArray[np.uint8], cache: Path | None, what: str, progress: Progress
) -> Predictions:
    """Predicts crops; a model that takes landmarks has predictions for faces with a mesh only.

    Args:
        predictor: the model.
        images: (N, S, S) grey or (N, S, S, 3) RGB crops of any size.
        cache: a folder in which landmarks are cached; None disables the cache.
        what: name of the task for `progress`.
        progress: advances with each batch of faces.

    Raises:
        DataError: landmarks are needed, and no face has a mesh.
        ModelMismatch: the outputs of the model are not probabilities.
        ModelMissing: landmarks are needed, and the public mesh model is not on this machine.
        OutputError: the cache cannot be written.
    """
    faces, found = face_batch(images, predictor.inputs, cache, renamed(progress, f"{what}: mesh"))
    return _predict(predictor, faces, found, what, progress)


def mirror_images(crops: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(N, S, S) or (N, S, S, 3) crops with left and right exchanged."""
    return np.ascontiguousarray(crops[:, :, ::-1])


def predict_realigned(
    predictor: Predictor, faces: Realigned, progress: Progress, *, mirrored: bool = False
) -> Predictions:
    """Predicts the re-aligned crops or landmarks; faces that the pipeline did not find have no prediction.

    With `mirrored`, it predicts the mirror images of the crops instead: only for models that take no landmarks.

    Raises:
        DataError: the pipeline found no face.
        ModelMismatch: the outputs of the model are not probabilities.
    """
    if not faces.found.any():
        raise DataError("the pipeline finds no face in the data: evaluate without --through-pipeline")
    crops = mirror_images(faces.crops) if mirrored else faces.crops
    own = FaceBatch(crops[faces.found], faces.landmarks_px[faces.found])
    return _predict(predictor, own, faces.found, "re-aligned crops", progress)


def _predict(
    predictor: Predictor, faces: FaceBatch, found: NDArray[np.bool_], what: str, progress: Progress
) -> Predictions:
    """Runs the model on `faces`, the faces where `found` is true; the other faces get NaN."""
    arrays = {
        name: np.full((len(found), len(labels)), np.nan, np.float32) for name, labels in predictor.label_sets.items()
    }
    places = np.flatnonzero(found)
    for start in range(0, len(faces), _BATCH):
        part = slice(start, start + _BATCH)
        for name, values in predictor.predict(faces[part]).items():
            arrays[name][places[part]] = values
        progress(what, min(start + _BATCH, len(faces)), len(faces))
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
    """The mean probabilities where both have a prediction; those of `first` elsewhere."""
    both = (first.found & second.found)[:, None]
    mixed = {
        name: np.where(both, (values + second.probabilities[name]) / np.float32(2), values)
        for name, values in first.probabilities.items()
    }
    return Predictions(mixed, first.found)
