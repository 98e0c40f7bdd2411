"""Classes, splits, counts, licence and problems of a dataset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from emoar.errors import DataError
from emoar.labels import CUSTOM
from emoar.training.data.agreement import Agreement, tagger_agreement
from emoar.training.data.exact_copies import exact_copies
from emoar.training.data.face_dataset import SPLITS, FaceDataset
from emoar.training.data.targets import NO_LABEL

__all__ = ["Summary", "check_trainable", "class_problems", "summarise"]

Counts = dict[str, dict[str, int]]  # label -> split -> faces
FEW: Final = 10  # faces of a class in Training; fewer are reported as a problem


@dataclass(frozen=True)
class Summary:
    """The statistics of one dataset."""

    name: str
    licence: str
    faces: int
    size_px: int
    colour: str  # grey or rgb
    splits: dict[str, int]
    classes: dict[str, Counts]  # by label set
    unlabelled: dict[str, int]  # faces without a label, by label set
    votes_per_face: float  # mean number of votes; 0 without votes
    one_tagger: dict[str, dict[str, Agreement]]  # label set with votes -> split -> one tagger against the others
    duplicates: int  # exact copies, without the first face of each group of identical images
    duplicates_across_splits: int  # groups of identical images that are in several splits
    problems: tuple[str, ...]
    skipped: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The statistics as values for JSON."""
        tagger = {
            name: {split: found.as_dict() for split, found in splits.items()}
            for name, splits in self.one_tagger.items()
        }
        return {**vars(self), "one_tagger": tagger, "problems": list(self.problems), "skipped": list(self.skipped)}


def summarise(data: FaceDataset) -> Summary:
    """Computes the statistics of a dataset; takes about a second for 36,000 faces."""
    copies = exact_copies(data.images)
    splits = {split: int((data.split == split).sum()) for split in SPLITS}
    classes = {name: _counts(data, name) for name in data.label_sets}
    return Summary(
        data.name,
        data.licence,
        len(data),
        data.size_px,
        "rgb" if data.colour else "grey",
        {name: count for name, count in splits.items() if count},
        classes,
        {name: int((data.truth(name) == NO_LABEL).sum()) for name in data.label_sets},
        _votes_per_face(data),
        _one_tagger(data),
        sum(len(group) - 1 for group in copies),
        sum(len({str(data.split[place]) for place in group}) > 1 for group in copies),
        tuple(class_problems(data)),
        data.skipped,
    )


def _votes_per_face(data: FaceDataset) -> float:
    votes = [targets.votes.sum(axis=1) for targets in data.voted.values()]
    return round(float(np.mean(votes)), 2) if votes else 0.0


def _one_tagger(data: FaceDataset) -> dict[str, dict[str, Agreement]]:
    several = {name: targets for name, targets in data.voted.items() if targets.votes.sum(axis=1).max() > 1}
    return {
        name: {
            split: tagger_agreement(targets.take(np.flatnonzero(data.split == split)))
            for split in SPLITS
            if (data.split == split).any()
        }
        for name, targets in several.items()
    }


def class_problems(data: FaceDataset) -> list[str]:
    """One line, with a remedy, for each class that is empty, in one split only, or rare in Training."""
    lines: list[str] = []
    present = [split for split in SPLITS if (data.split == split).any()]
    for name in data.label_sets:
        for label, by_split in _counts(data, name).items():
            lines += _problems_of(label, name, by_split, present)
    return lines


def check_trainable(data: FaceDataset, label_set: str) -> None:
    """Checks that a network can be trained and evaluated on the labels of that set.

    Classes without any face are accepted in published label sets: FER2013 with five of its seven labels is trainable.

    Raises:
        DataError: there are no such labels, no Training faces, a class without Training faces, or a class in one split
            only.
    """
    if label_set not in data.label_sets:
        have = ", ".join(data.label_sets) or "no labels"
        raise DataError(f"{data.name or 'the data'} has no labels of {label_set}, but {have}")
    present = [split for split in SPLITS if (data.split == split).any()]
    if "Training" not in present:
        raise DataError(
            f"{data.name or 'the data'} has no face of split Training: sort it into train/ and validation/ folders, or "
            "split it with emoar data import --crops --split 80/10/10"
        )
    for label, by_split in _counts(data, label_set).items():
        if label_set != CUSTOM and not any(by_split.values()):
            continue
        bad = [line for line in _problems_of(label, label_set, by_split, present) if "few" not in line]
        if bad:
            raise DataError(bad[0])


def _problems_of(label: str, label_set: str, by_split: dict[str, int], present: list[str]) -> list[str]:
    where = [split for split in present if by_split[split]]
    total = sum(by_split.values())
    if not where:
        return [f"{label_set}: the class {label} is empty: add faces of it, or train without it"]
    if len(where) == 1 and len(present) > 1:
        return [
            f"{label_set}: all {total} faces of the class {label} are in {where[0]}: move some to "
            f"{', '.join(split for split in present if split not in where)}"
        ]
    if "Training" in present and not by_split["Training"]:
        return [f"{label_set}: the class {label} has no face in Training: move some of its {total} faces there"]
    if "Training" in present and by_split["Training"] < FEW:
        return [f"{label_set}: few faces of {label} in Training ({by_split['Training']}): add some"]
    return []


def _counts(data: FaceDataset, label_set: str) -> Counts:
    truth = data.truth(label_set)
    labels = data.label_sets[label_set]
    return {
        label: {split: int(np.count_nonzero((truth == index) & (data.split == split))) for split in SPLITS}
        for index, label in enumerate(labels)
    }
