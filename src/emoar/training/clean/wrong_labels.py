"""Labels that are probably wrong, by confident learning (Northcutt et al., 2021) on out-of-fold predictions."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DependencyMissing
from emoar.training.clean.findings import RELABEL, Finding
from emoar.training.face_dataset import NO_LABEL, FaceDataset

__all__ = ["wrong_labels"]


def wrong_labels(data: FaceDataset, label_set: str, probabilities: NDArray[np.float32]) -> Iterator[Finding]:
    """Faces whose label cleanlab doubts. The score is how much likelier the suggested label is, 0..1.

    Args:
        data: the faces.
        label_set: whose labels are checked.
        probabilities: (N, C), out of fold.

    Raises:
        DependencyMissing: cleanlab is not installed.
    """
    try:
        filters: Any = import_module("cleanlab.filter")
    except ImportError as exc:
        raise DependencyMissing("finding wrong labels needs cleanlab: pip install 'emoar[clean]'") from exc
    truth = data.truth(label_set)
    labels = data.label_sets[label_set]
    places = np.flatnonzero(truth != NO_LABEL)
    present, compact = np.unique(truth[places], return_inverse=True)
    if len(present) < 2:
        return
    said = probabilities[places][:, present]
    said = said / np.maximum(said.sum(axis=1, keepdims=True), 1e-9)
    doubted: NDArray[np.bool_] = filters.find_label_issues(compact, said, filter_by="both", n_jobs=1)
    for index in np.flatnonzero(doubted).tolist():
        best, given = int(said[index].argmax()), int(compact[index])
        if best == given:
            continue
        likely, stated = float(said[index, best]), float(said[index, given])
        yield Finding(
            "wrong_label",
            int(data.rows[places[index]]),
            max(likely - stated, 0.0),
            f"{RELABEL}{labels[present[best]]}",
            f"labelled {labels[present[given]]} ({stated:.0%}), looks {labels[present[best]]} ({likely:.0%})",
        )
