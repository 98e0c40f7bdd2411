"""The annotations of faces in one label set: one label per face, or the votes of several annotators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DataError
from emoar.labels import LABEL_SETS

__all__ = ["NO_LABEL", "IndexTargets", "Targets", "VoteTargets", "targets_of_names"]

NO_LABEL: Final = -1


@dataclass(frozen=True, eq=False)
class IndexTargets:
    """One label per face.

    Attributes:
        labels: labels of the set, in order.
        index: (N,) int64, index into `labels`, or `NO_LABEL`.

    Raises:
        DataError: `index` has another shape, or an index is out of range.
    """

    labels: tuple[str, ...]
    index: NDArray[np.int64]

    def __post_init__(self) -> None:
        if self.index.ndim != 1 or self.index.max(initial=NO_LABEL) >= len(self.labels):
            raise DataError(f"index must be (N,) below {len(self.labels)}, got {self.index.shape}")

    def __len__(self) -> int:
        return len(self.index)

    def truth(self) -> NDArray[np.int64]:
        """(N,) index into `labels`, or `NO_LABEL`."""
        return self.index

    def take(self, places: NDArray[np.int64]) -> IndexTargets:
        """The targets of the faces at these positions, in this order."""
        return replace(self, index=self.index[places])

    def relabelled(self, places: NDArray[np.int64], values: NDArray[np.int64]) -> IndexTargets:
        """A copy with the label indices `values` (M,) at the positions `places` (M,)."""
        index = self.index.copy()
        index[places] = values
        return replace(self, index=index)


@dataclass(frozen=True, eq=False)
class VoteTargets:
    """The votes of several annotators for each face.

    Attributes:
        labels: labels of the set, in order.
        rejections: options besides the labels, such as not_a_face.
        votes: (N, labels + rejections) float32 counts or shares, at least 0; a row of zeros where there are no votes.

    Raises:
        DataError: `votes` has another shape.
    """

    labels: tuple[str, ...]
    rejections: tuple[str, ...]
    votes: NDArray[np.float32]

    def __post_init__(self) -> None:
        if self.votes.ndim != 2 or self.votes.shape[1] != len(self.columns):
            raise DataError(f"votes must be (N, {len(self.columns)}), got {self.votes.shape}")

    def __len__(self) -> int:
        return len(self.votes)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns of `votes`."""
        return (*self.labels, *self.rejections)

    def truth(self) -> NDArray[np.int64]:
        """(N,) majority label as an index into `labels`; `NO_LABEL` where a rejection wins or there are no votes.

        Ties go to the first column, as in the FER+ protocol.
        """
        winner = self.votes.argmax(axis=1)
        return np.where((winner < len(self.labels)) & (self.votes.sum(axis=1) > 0), winner, NO_LABEL)

    def shares(self) -> NDArray[np.float32]:
        """(N, labels) float32 shares of the votes for labels; rows of zeros where `truth` is `NO_LABEL`."""
        votes = self.votes[:, : len(self.labels)]
        shares = votes / np.maximum(votes.sum(axis=1, keepdims=True), 1)
        return np.where((self.truth() != NO_LABEL)[:, None], shares, 0).astype(np.float32)

    def distribution(self) -> NDArray[np.float32]:
        """(N, labels) float32 as `shares`, without outliers (Barsoum et al., 2016).

        An outlier is a single vote where another label has more.
        """
        votes = self.votes[:, : len(self.labels)].copy()
        votes[(votes == 1) & (votes.max(axis=1, keepdims=True) > 1)] = 0
        votes[self.truth() == NO_LABEL] = 0
        return (votes / np.maximum(votes.sum(axis=1, keepdims=True), 1)).astype(np.float32)

    def take(self, places: NDArray[np.int64]) -> VoteTargets:
        """The targets of the faces at these positions, in this order."""
        return replace(self, votes=self.votes[places])

    def relabelled(self, places: NDArray[np.int64], values: NDArray[np.int64]) -> VoteTargets:
        """A copy in which the faces at `places` (M,) have all their votes on the label indices `values` (M,)."""
        votes = self.votes.copy()
        total: NDArray[Any] = np.maximum(votes[places].sum(axis=1), 1)
        votes[places] = 0
        votes[places, values] = total
        return replace(self, votes=votes)


Targets = IndexTargets | VoteTargets


def targets_of_names(names: Sequence[str], label_set: str, labels: tuple[str, ...]) -> dict[str, Targets]:
    """The targets, by label set, of faces with one label name each; in a set with votes a name is one vote."""
    index = np.array([labels.index(name) for name in names], np.int64)
    known = LABEL_SETS.get(label_set)
    if known is None or known.rejections is None:
        return {label_set: IndexTargets(labels, index)}
    votes = np.zeros((len(names), len(labels) + len(known.rejections)), np.float32)
    votes[np.arange(len(names)), index] = 1
    return {label_set: VoteTargets(labels, known.rejections, votes)}
