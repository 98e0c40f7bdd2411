"""The predictions that rules are fitted on: of the validation faces as they are, and under shifts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DataError
from emoar.progress import NO_PROGRESS, Progress
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.evaluation.decided import predict_with
from emoar.training.evaluation.predictions import Predictions, predict_crops
from emoar.training.evaluation.predictor import Predictor
from emoar.training.evaluation.shifts import shifts_for

__all__ = ["PLAIN", "Condition", "class_shares", "predict_conditions"]

PLAIN: Final = "plain"  # name of the condition without a shift
_TRAINING, _VALIDATION = "Training", "PublicTest"


@dataclass(frozen=True, eq=False)
class Condition:
    """N faces as they are, or under one shift."""

    name: str
    heads: Mapping[str, NDArray[np.float64]]  # label set -> (N, labels) probabilities
    truths: Mapping[str, NDArray[np.int64]]  # label set -> (N,) label indices or `NO_LABEL`
    second: Mapping[str, NDArray[np.float64]] | None = None  # as `heads`, of the second predictions

    @property
    def is_plain(self) -> bool:
        """Whether the faces are as they are."""
        return self.name == PLAIN


def predict_conditions(
    predictor: Predictor,
    data: FaceDataset,
    every: int,
    cache: Path | None = None,
    progress: Progress = NO_PROGRESS,
    *,
    second: str = "",
) -> list[Condition]:
    """Predicts `PublicTest` as it is, and one of `every` faces of it under each shift.

    With `second`, as in `Rule`, there are second predictions, too. Faces that a model of landmarks has no mesh for are
    left out.

    Raises:
        DataError: the data has no `PublicTest`, or no label set of the model.
        OutputError: the cache cannot be written.
    """
    faces = data.of_split(_VALIDATION)
    names = [name for name in predictor.label_sets if name in faces.label_sets]
    if not names:
        raise DataError(f"{predictor.name} and the data have no label set in common")
    truths = {name: faces.truth(name) for name in names}
    part = slice(None, None, every)
    found = [_predicted(predictor, PLAIN, faces.images, truths, cache, progress, second)]
    some = {name: truth[part] for name, truth in truths.items()}
    for shift in shifts_for(colour=faces.images.ndim == 4):
        try:
            found.append(_predicted(predictor, shift.name, shift(faces.images[part]), some, None, progress, second))
        except DataError:  # the model takes landmarks, and no shifted face has a mesh
            continue
    return found


def class_shares(data: FaceDataset, label_set: str) -> tuple[float, ...]:
    """The share of each label among the training faces; a label without faces counts as one face.

    Raises:
        DataError: the data has no training faces.
    """
    truth = data.of_split(_TRAINING).truth(label_set)
    counts = np.maximum(np.bincount(truth[truth >= 0], minlength=len(data.label_sets[label_set])), 1)
    return tuple(float(f"{share:.4g}") for share in (counts / counts.sum()).tolist())


def _predicted(
    predictor: Predictor,
    name: str,
    images: NDArray[np.uint8],
    truths: Mapping[str, NDArray[np.int64]],
    cache: Path | None,
    progress: Progress,
    second: str,
) -> Condition:
    predictions = predict_crops(predictor, images, cache, f"{predictor.name}: {name}", progress)
    seen = predictions.found
    others = None
    if second:
        others = _heads(predict_with(predictor, second, images, f"{predictor.name}: {name}", progress), truths, seen)
    return Condition(
        name, _heads(predictions, truths, seen), {key: truth[seen] for key, truth in truths.items()}, others
    )


def _heads(predictions: Predictions, names: Iterable[str], seen: NDArray[np.bool_]) -> dict[str, NDArray[np.float64]]:
    """The probabilities of the faces that are `seen` (N,), with sums of 1."""
    wide = {name: predictions.probabilities[name][seen].astype(np.float64) for name in names}
    return {name: values / values.sum(axis=1, keepdims=True) for name, values in wide.items()}
