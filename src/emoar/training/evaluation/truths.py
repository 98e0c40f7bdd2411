"""The true labels of faces in the label sets of a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DataError
from emoar.labels import CUSTOM, LABEL_SETS
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.targets import NO_LABEL
from emoar.training.evaluation.predictor import Predictor

__all__ = ["Truth", "common_truths", "truth_in"]


@dataclass(frozen=True, eq=False)
class Truth:
    """The true labels of N faces in one label set of a model."""

    labels: tuple[str, ...]  # of the model
    index: NDArray[np.int64]  # (N,) indices into `labels`, or `NO_LABEL`
    unknown: int  # faces with a label that the model lacks


def truth_in(data: FaceDataset, name: str, labels: tuple[str, ...]) -> Truth:
    """The true labels as indices into the labels of a model.

    Published label sets must have the same name in data and model. Any other label set of a model is matched with the
    `custom` classes of the data by the names of the labels; their order and number may differ.

    Args:
        data: the faces.
        name: name of the label set of the model.
        labels: its labels.
    """
    if name in LABEL_SETS:
        return Truth(labels, data.truth(name), 0)
    places = np.array([labels.index(label) if label in labels else NO_LABEL for label in data.classes], np.int64)
    own = data.truth(CUSTOM)
    if not len(places):
        return Truth(labels, np.full(len(own), NO_LABEL, np.int64), 0)
    index = np.where(own == NO_LABEL, NO_LABEL, places[np.maximum(own, 0)])
    return Truth(labels, index, int(((own != NO_LABEL) & (index == NO_LABEL)).sum()))


def common_truths(predictor: Predictor, faces: FaceDataset) -> Mapping[str, Truth]:
    """The true labels in each label set that model and faces have in common.

    Raises:
        DataError: there is none.
    """
    found = {name: truth_in(faces, name, labels) for name, labels in predictor.label_sets.items()}
    common = {name: truth for name, truth in found.items() if (truth.index != NO_LABEL).any()}
    if not common:
        knows = "; ".join(f"{name} ({', '.join(labels)})" for name, labels in predictor.label_sets.items())
        have = "; ".join(f"{name} ({', '.join(labels)})" for name, labels in faces.label_sets.items()) or "no labels"
        raise DataError(f"{predictor.name} and the data have no label in common: it has {knows}; the data has {have}")
    return common
