"""Classes that are much rarer than others, and the loss weights that compensate for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from emoar.training.clean.findings import WEIGHT, Finding
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.targets import NO_LABEL

__all__ = ["imbalance"]

RARE: Final = 0.5  # share of the mean class size; smaller classes are rare


def imbalance(data: FaceDataset, label_set: str) -> Iterator[Finding]:
    """Yields a finding for each class with less than half of the mean class size in Training.

    Without Training faces, all faces are counted.
    """
    truth, labels = data.truth(label_set), data.label_sets[label_set]
    learn = data.split == "Training"
    truth = truth[learn] if learn.any() else truth
    counts = np.bincount(truth[truth != NO_LABEL], minlength=len(labels))
    mean = counts.mean()
    for label, count in zip(labels, counts.tolist(), strict=True):
        if count < RARE * mean:
            weight = f"{WEIGHT}{mean / count:.2f}" if count else "review"
            yield Finding("imbalance", None, 1 - count / mean, weight, f"{label}: {count} faces, mean {mean:.0f}")
