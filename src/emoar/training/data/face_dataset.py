"""N labelled faces with where each came from: the value that flows through training."""

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
    """Sorts label sets by preference: a dataset's own classes, sets with one label a face, sets with votes."""
    if name not in LABEL_SETS:
        return (0, 0) if name == CUSTOM else (3, 0)
    return (1 if LABEL_SETS[name].rejections is None else 2), [*LABEL_SETS].index(name)


@dataclass(frozen=True, eq=False)
class FaceDataset:
    """N labelled faces, in any number of label sets.

    Attributes:
        images: (N, S, S) uint8 grey, or (N, S, S, 3) RGB.
        targets: label set -> what each face is called in it; `custom` is the data's own classes.
        split: (N,) str, one of `SPLITS`.
        rows: (N,) int64, position of each face in its source, from 0; findings and predictions name it.
        files: (N,) str, the file of each face below the data's folder; "" where the source is one file.
        name: of the data, for people.
        licence: of the data, or "unknown".
        skipped: what of the source could not be read and was left out on request, one line each.
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
        return replace(
            self,
            images=self.images[index],
            targets={name: targets.take(index) for name, targets in self.targets.items()},
            split=self.split[index],
            rows=self.rows[index],
            files=self.files[index],
        )

    def with_targets(self, **targets: Targets) -> FaceDataset:
        """The same faces with other targets in these label sets."""
        return replace(self, targets={**self.targets, **targets})

    @property
    def label_sets(self) -> dict[str, tuple[str, ...]]:
        """The label sets in which at least one face has a label, with their labels: what a network can learn."""
        return {name: t.labels for name, t in self.targets.items() if (t.truth() != NO_LABEL).any()}

    @property
    def voted(self) -> dict[str, VoteTargets]:
        """The targets that are votes, without those in which nobody voted."""
        return {name: t for name, t in self.targets.items() if isinstance(t, VoteTargets) and t.votes.any()}

    @property
    def classes(self) -> tuple[str, ...]:
        """The data's own classes; empty when it has none."""
        return self.targets[CUSTOM].labels if CUSTOM in self.targets else ()

    @property
    def size_px(self) -> int:
        """The side of the images."""
        return self.images.shape[1]

    @property
    def colour(self) -> bool:
        """Whether the images are RGB."""
        return self.images.ndim == 4

    def truth(self, label_set: str) -> NDArray[np.int64]:
        """(N,) the label of each face in that set (of votes: the majority), or `NO_LABEL`."""
        targets = self.targets.get(label_set)
        return np.full(len(self), NO_LABEL, np.int64) if targets is None else targets.truth()
