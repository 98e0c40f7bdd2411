"""How well one tagger agrees with the others: what a model can be expected to reach on their majority."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emoar.training.data.targets import VoteTargets

__all__ = ["Agreement", "tagger_agreement"]


@dataclass(frozen=True)
class Agreement:
    """The score of a tagger, drawn at random for each face, against the majority of the other taggers of that face."""

    accuracy: float  # 0..1; NaN without votes
    balanced_accuracy: float  # mean recall of the labels that are a majority, 0..1; NaN without votes
    faces: float  # expected number of faces that count: those whose other taggers agree on a label

    def as_dict(self) -> dict[str, Any]:
        """The values for JSON."""
        return {
            "accuracy": _rounded(self.accuracy),
            "balanced_accuracy": _rounded(self.balanced_accuracy),
            "faces": round(self.faces, 1),
        }


def tagger_agreement(targets: VoteTargets) -> Agreement:
    """The expectation over the taggers of each face, without sampling.

    The majority of the others is found as `VoteTargets.truth` finds that of all: ties go to the first column, and where
    the others reject the face, it does not count. A tagger who rejects a face that counts is wrong.
    """
    votes = targets.votes.astype(np.float64)
    total = votes.sum(axis=1)
    votes = votes[total > 1] / total[total > 1, None]  # of a single tagger there are no others
    one = 1 / total[total > 1]
    labels = len(targets.labels)
    hits, counted = np.zeros(labels), np.zeros(labels)
    for column in range(votes.shape[1]):
        share = votes[:, column]  # of the taggers that have this vote
        majority = _majority_without(votes, column, one)
        counts = majority < labels
        counted += np.bincount(majority[counts], share[counts], minlength=labels)
        if column < labels:
            hits[column] = share[majority == column].sum()
    occurs = counted > 0
    if not occurs.any():
        return Agreement(float("nan"), float("nan"), 0.0)
    recall = hits[occurs] / counted[occurs]
    return Agreement(float(hits.sum() / counted.sum()), float(recall.mean()), float(counted.sum()))


def _majority_without(votes: NDArray[np.float64], column: int, one: NDArray[np.float64]) -> NDArray[np.int64]:
    """(N,) first column with the most votes, when one vote (a share of `one`) in `column` is not counted."""
    others = votes.copy()
    others[:, column] -= one
    return np.rint(others / one[:, None]).argmax(axis=1)


def _rounded(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 5)
