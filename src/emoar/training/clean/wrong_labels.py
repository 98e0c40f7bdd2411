"""Detection of wrong labels by confident learning (Northcutt et al., 2021) on out-of-fold predictions.

The classifier is less accurate than human annotators. Where the data has a second label set, such as FER+ votes for
FER2013, its majority is used too: labels that it confirms are no findings, and a new label is suggested only if both
agree on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DependencyMissing
from emoar.labels import category
from emoar.training.clean.findings import RELABEL, REVIEW, Finding
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.targets import NO_LABEL

__all__ = ["second_opinions", "wrong_labels"]


def wrong_labels(data: FaceDataset, label_set: str, probabilities: NDArray[np.float32]) -> Iterator[Finding]:
    """Yields a finding for each face whose label is probably wrong.

    The score is the probability of the predicted label minus that of the given label, 0..1.

    Args:
        data: the faces.
        label_set: label set to check.
        probabilities: (N, C) out-of-fold probabilities.

    Raises:
        DependencyMissing: cleanlab is not installed.
    """
    truth, labels = data.truth(label_set), data.label_sets[label_set]
    places = np.flatnonzero(truth != NO_LABEL)
    present, compact = np.unique(truth[places], return_inverse=True)
    if len(present) < 2:
        return
    predicted = probabilities[places][:, present]
    predicted = predicted / np.maximum(predicted.sum(axis=1, keepdims=True), 1e-9)
    second = second_opinions(data, label_set)
    for index in np.flatnonzero(_doubted(compact, predicted)).tolist():
        best, given = int(predicted[index].argmax()), int(compact[index])
        other = int(second[places[index]])
        if best == given or other == present[given]:
            continue
        likely, stated = float(predicted[index, best]), float(predicted[index, given])
        words = f"labelled {labels[present[given]]} ({stated:.0%}), predicted {labels[present[best]]} ({likely:.0%})"
        yield Finding(
            "wrong_label",
            int(data.rows[places[index]]),
            max(likely - stated, 0.0),
            f"{RELABEL}{labels[present[best]]}" if other in (NO_LABEL, present[best]) else REVIEW,
            words if other == NO_LABEL else f"{words}; the other label set has {labels[other]}",
        )


def second_opinions(data: FaceDataset, label_set: str) -> NDArray[np.int64]:
    """(N,) label indices in `label_set` from the other label sets of the data; `NO_LABEL` without an equivalent."""
    categories = [category(label) for label in data.label_sets[label_set]]
    second = np.full(len(data), NO_LABEL)
    for other, labels in data.label_sets.items():
        if other == label_set:
            continue
        meant = [categories.index(c) if (c := category(label)) in categories else NO_LABEL for label in labels]
        truth = data.truth(other)
        known = (truth != NO_LABEL) & (second == NO_LABEL)
        second[known] = np.array(meant)[truth[known]]
    return second


def _doubted(labels: NDArray[np.int64], predicted: NDArray[np.float32]) -> NDArray[np.bool_]:
    try:
        filters: Any = import_module("cleanlab.filter")
    except ImportError as exc:
        raise DependencyMissing("finding wrong labels needs cleanlab: pip install 'emoar[clean]'") from exc
    return filters.find_label_issues(labels, predicted, filter_by="both", n_jobs=1)
