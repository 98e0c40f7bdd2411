"""N labelled faces, in any of three label sets, with where each came from: the one value of the training lab."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DataError
from emoar.labels import FERPLUS, LABEL_SETS

__all__ = ["CROP_SIZE_PX", "NO_LABEL", "SPLITS", "VOTE_COLUMNS", "FaceDataset"]

CROP_SIZE_PX: Final = 48
SPLITS: Final = ("Training", "PublicTest", "PrivateTest")
NO_LABEL: Final = -1
VOTE_COLUMNS: Final = (*FERPLUS, "unknown", "not_a_face")


@dataclass(frozen=True)
class FaceDataset:
    """N labelled faces, in any of three label sets.

    Attributes:
        images: (N, S, S) uint8 grey, or (N, S, S, 3) RGB.
        fer2013: (N,) int64, index into `labels.FER2013`, or `NO_LABEL`.
        votes: (N, 10) float32, FER+ votes: the eight labels, then unknown and not_a_face. All zero without FER+.
        split: (N,) str, one of `SPLITS`.
        custom: (N,) int64, index into `classes`, or `NO_LABEL`.
        classes: names of the data's own classes; empty when it has none.
        rows: (N,) int64, where each face stood in its source, from 0; findings and predictions name it.
        files: (N,) str, the file of each face below the data's folder; "" where the source is one file.
        name: of the data, for people.
        licence: of the data, or "unknown".
        skipped: what of the source could not be read and was left out on request, one line each.
    """

    images: NDArray[np.uint8]
    fer2013: NDArray[np.int64]
    votes: NDArray[np.float32]
    split: NDArray[np.str_]
    custom: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    classes: tuple[str, ...] = ()
    rows: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    files: NDArray[np.str_] = field(default_factory=lambda: np.empty(0, np.str_))
    name: str = ""
    licence: str = "unknown"
    skipped: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        count = len(self.images)
        if count and not len(self.custom):
            object.__setattr__(self, "custom", np.full(count, NO_LABEL, np.int64))
        if count and not len(self.rows):
            object.__setattr__(self, "rows", np.arange(count, dtype=np.int64))
        if count and not len(self.files):
            object.__setattr__(self, "files", np.full(count, ""))
        side = self.images.shape[1] if self.images.ndim > 1 else 0
        colour = (3,) if self.images.ndim == 4 else ()
        expected = {
            "images": (count, side, side, *colour),
            "fer2013": (count,),
            "votes": (count, len(VOTE_COLUMNS)),
            "split": (count,),
            "custom": (count,),
            "rows": (count,),
            "files": (count,),
        }
        for name, shape in expected.items():
            if getattr(self, name).shape != shape:
                raise DataError(f"{name} must be {shape}, got {getattr(self, name).shape}")

    def __len__(self) -> int:
        return len(self.images)

    def of_split(self, *splits: str) -> FaceDataset:
        """The faces of these splits.

        Raises:
            DataError: there is none.
        """
        keep = np.isin(self.split, splits)
        if not keep.any():
            have = ", ".join(sorted(set(self.split.tolist()))) or "nothing"
            raise DataError(f"no face of split {' or '.join(splits)}: the data holds {have}")
        return self.take(np.flatnonzero(keep))

    def take(self, index: NDArray[np.int64]) -> FaceDataset:
        """The faces at these positions, in this order."""
        arrays = {f.name: getattr(self, f.name) for f in fields(self)}
        return replace(self, **{name: a[index] for name, a in arrays.items() if isinstance(a, np.ndarray)})

    @property
    def label_sets(self) -> dict[str, tuple[str, ...]]:
        """The label sets in which at least one face has a label, with their labels: what a network can learn."""
        known = {**{name: known.labels for name, known in LABEL_SETS.items()}, "custom": self.classes}
        return {name: labels for name, labels in known.items() if (self.truth(name) != NO_LABEL).any()}

    @property
    def size_px(self) -> int:
        """The side of the images."""
        return self.images.shape[1]

    @property
    def colour(self) -> bool:
        """Whether the images are RGB."""
        return self.images.ndim == 4

    def truth(self, label_set: str) -> NDArray[np.int64]:
        """(N,) the label of each face in that set (FER+: the majority), or `NO_LABEL`."""
        if label_set == "ferplus":
            return self.ferplus_majority()
        return self.fer2013 if label_set == "fer2013" else self.custom

    def ferplus_majority(self) -> NDArray[np.int64]:
        """(N,) index into `labels.FERPLUS`; `NO_LABEL` where the majority is unknown, not_a_face or absent.

        Ties go to the first index (the FER+ protocol).
        """
        winner = self.votes.argmax(axis=1)
        usable = (winner < len(FERPLUS)) & (self.votes.sum(axis=1) > 0)
        return np.where(usable, winner, NO_LABEL)

    def ferplus_distribution(self) -> NDArray[np.float32]:
        """(N, 8) soft targets; zero rows where `ferplus_majority` has no label.

        Single votes are dropped as outliers first, where another label has more (Barsoum et al., 2016).
        """
        votes = self.votes[:, : len(FERPLUS)].copy()
        votes[(votes == 1) & (votes.max(axis=1, keepdims=True) > 1)] = 0
        votes[self.ferplus_majority() == NO_LABEL] = 0
        return (votes / np.maximum(votes.sum(axis=1, keepdims=True), 1)).astype(np.float32)
