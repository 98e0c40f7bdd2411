"""The dataset of training: N labelled faces, their splits and their sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DataError
from emoar.labels import CUSTOM, LABEL_SETS
from emoar.training.data.targets import NO_LABEL, Targets, VoteTargets

__all__ = ["CROP_SIZE_PX", "SPLITS", "FaceDataset", "label_set_preference"]

CROP_SIZE_PX: Final = 48
SPLITS: Final = ("Training", "PublicTest", "PrivateTest")


def label_set_preference(name: str) -> tuple[int, int]:
    """A sort key for label sets: custom classes first, then sets with one label per face, then sets with votes."""
    if name not in LABEL_SETS:
        return (0, 0) if name == CUSTOM else (3, 0)
    return (1 if LABEL_SETS[name].rejections is None else 2), [*LABEL_SETS].index(name)


@dataclass(frozen=True, eq=False)
class FaceDataset:
    """N labelled faces, in any number of label sets.

    Attributes:
        images: (N, S, S) uint8 grey, or (N, S, S, 3) RGB.
        targets: label set -> the labels or votes of each face in it; `custom` holds the data's own classes.
        split: (N,) str, one of `SPLITS`.
        rows: (N,) int64, position of each face in its source, from 0; findings and predictions refer to it.
        files: (N,) str, the file of each face relative to the data's folder; "" where the source is one file.
        name: name of the data, for people.
        licence: licence of the data, or "unknown".
        skipped: items of the source that could not be read and were skipped on request, one line each.

    Raises:
        DataError: the shapes do not fit together.
    """

    images: NDArray[np.uint8]
    targets: Mapping[str, Targets]
    split: NDArray[np.str_]
    rows: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    files: NDArray[np.str_] = field(default_factory=lambda: np.empty(0, np.str_))
    name: str = ""
    licence: str = "unknown"
    skipped: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        count = len(self.images)
        order = [*LABEL_SETS, CUSTOM]  # the order of a network's heads, whatever the order of the source
        known = sorted(self.targets, key=lambda name: order.index(name) if name in order else len(order))
        object.__setattr__(self, "targets", {name: self.targets[name] for name in known})
        if count and not len(self.rows):
            object.__setattr__(self, "rows", np.arange(count, dtype=np.int64))
        if count and not len(self.files):
            object.__setattr__(self, "files", np.full(count, ""))
        side = self.images.shape[1] if self.images.ndim > 1 else 0
        colour = (3,) if self.images.ndim == 4 else ()
        expected = {"images": (count, side, side, *colour), "split": (count,), "rows": (count,), "files": (count,)}
        for name, shape in expected.items():
            if getattr(self, name).shape != shape:
                raise DataError(f"{name} must be {shape}, got {getattr(self, name).shape}")
        for name, targets in self.targets.items():
            if len(targets) != count:
                raise DataError(f"targets of {name} must be of {count} faces, got {len(targets)}")

    def __len__(self) -> int:
        return len(self.images)

    def of_split(self, *splits: str) -> FaceDataset:
        """The faces of these splits, in the same order.

        Raises:
            DataError: there are no such faces.
        """
        keep = np.isin(self.split, splits)
        if not keep.any():
            have = ", ".join(sorted(set(self.split.tolist()))) or "nothing"
            raise DataError(f"no face of split {' or '.join(splits)}: the data holds {have}")
        return self.take(np.flatnonzero(keep))

    def take(self, index: NDArray[np.int64]) -> FaceDataset:
        """The faces at these positions, in this order."""
        return replace(
            self,
            images=self.images[index],
            targets={name: targets.take(index) for name, targets in self.targets.items()},
            split=self.split[index],
            rows=self.rows[index],
            files=self.files[index],
        )

    def with_targets(self, **targets: Targets) -> FaceDataset:
        """The same faces, with these targets replaced or added by label set."""
        return replace(self, targets={**self.targets, **targets})

    @property
    def label_sets(self) -> dict[str, tuple[str, ...]]:
        """The label sets in which at least one face has a label, with their labels."""
        return {name: t.labels for name, t in self.targets.items() if (t.truth() != NO_LABEL).any()}

    @property
    def voted(self) -> dict[str, VoteTargets]:
        """The vote targets by label set, without sets that have no votes."""
        return {name: t for name, t in self.targets.items() if isinstance(t, VoteTargets) and t.votes.any()}

    @property
    def classes(self) -> tuple[str, ...]:
        """The labels of the `custom` label set; empty where there is none."""
        return self.targets[CUSTOM].labels if CUSTOM in self.targets else ()

    @property
    def size_px(self) -> int:
        """The side of the images in pixels."""
        return self.images.shape[1]

    @property
    def colour(self) -> bool:
        """Whether the images are RGB."""
        return self.images.ndim == 4

    def truth(self, label_set: str) -> NDArray[np.int64]:
        """(N,) label index of each face in that set (of votes: the majority), or `NO_LABEL`."""
        targets = self.targets.get(label_set)
        return np.full(len(self), NO_LABEL, np.int64) if targets is None else targets.truth()
