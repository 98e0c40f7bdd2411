"""The labels, splits and columns that the names in other people's data mean: `Happy`, `surprised/`, ` Public Test`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import PurePath
from typing import Final

from emoar.errors import DataError
from emoar.labels import CUSTOM, LABEL_SETS, category
from emoar.training.data.face_dataset import label_set_preference

__all__ = [
    "DEFAULT_SPLIT",
    "FolderLabels",
    "column_named",
    "columns_named",
    "label_and_split",
    "label_named",
    "labels_of_folders",
    "split_named",
]

DEFAULT_SPLIT: Final = "PrivateTest"  # data without splits is for evaluation
_SPLIT_OF: Final = {
    "training": "Training",
    "train": "Training",
    "publictest": "PublicTest",
    "validation": "PublicTest",
    "valid": "PublicTest",
    "val": "PublicTest",
    "dev": "PublicTest",
    "privatetest": "PrivateTest",
    "testing": "PrivateTest",
    "test": "PrivateTest",
}
_ALL_LABELS: Final = tuple(label for label_set in LABEL_SETS.values() for label in label_set.labels)
_SPLITS_IN_FILE_NAMES: Final = {"training": "Training", "publictest": "PublicTest", "privatetest": "PrivateTest"}
_OTHER_COLUMNS: Final = {
    "expression": "emotion",
    "label": "emotion",
    "pixel": "pixels",
    "split": "usage",
    "set": "usage",
}


@dataclass(frozen=True)
class FolderLabels:
    """The label set that the folders of a dataset form."""

    label_set: str  # a key of `LABEL_SETS`, or `custom`
    labels: tuple[str, ...]  # all labels of the set, in its order
    label_of: Mapping[str, str]  # the label that each folder name means


def column_named(name: str) -> str:
    """A column's name in lower case with underscores: ` Usage` is `usage`, and FER+'s `NF` is `not_a_face`."""
    word = "_".join(re.findall(r"\w+", name.lower()))
    return "not_a_face" if word == "nf" else word


def columns_named(header: Iterable[str]) -> list[str]:
    """The columns of a header; a word such as `label` or `split` stands for `emotion` or `usage` if that is missing."""
    words = [column_named(name) for name in header]
    return [word if _OTHER_COLUMNS.get(word, word) in words else _OTHER_COLUMNS[word] for word in words]


def split_named(name: str) -> str | None:
    """The split that a name means: `Public Test`, `publictest` and `val` are `PublicTest`; None for another word."""
    return _SPLIT_OF.get(re.sub(r"[\W_]+", "", name.lower()))


def label_named(name: str, labels: Iterable[str]) -> str | None:
    """The one of these labels that a name means, such as `Surprised`, `joy` or `03_fearful`; None if none is meant."""
    labels = tuple(labels)
    meant = {label: label for label in labels} | {category(label): label for label in labels}
    word = " ".join(re.findall(r"[^\W_]+", name.lower()))
    short = re.sub(r"^\d+ (?=\D)|(?<=.) (faces?|expressions?|emotions?|images?)$", "", word)
    return next(
        (meant[key] for key in (name, name.lower(), word, category(word), category(short)) if key in meant), None
    )


def label_and_split(path: PurePath) -> tuple[str | None, str | None]:
    """The label and the split of an image from its path relative to the data's folder; None where the path has none.

    `train/angry/1.jpg` and `angry/train/1.jpg` mean the same; `angry/Training_123.jpg` has the split in the file name.
    """
    folders = [folder.lower() for folder in path.parts[:-1]]
    splits = [split for name in folders if (split := split_named(name))]
    labels = [name for name in folders if not split_named(name)]
    meant = [name for name in labels if label_named(name, _ALL_LABELS)] or labels  # `happy/aligned/1.jpg` is happy
    by_file = _SPLITS_IN_FILE_NAMES.get(path.name.split("_")[0].lower()) if "_" in path.name else None
    return meant[-1] if meant else None, splits[-1] if splits else by_file


def labels_of_folders(names: set[str], wanted: str, where: str) -> FolderLabels:
    """The label set of these folder names; the preferred one where several fit.

    Args:
        names: folder names, in lower case.
        wanted: one of `LABEL_CHOICES`; `auto` detects the label set.
        where: name of the data, for the error.

    Raises:
        DataError: two names mean the same label, a label is probably misspelt, or a name is no label of `wanted`.
    """
    if wanted == "auto":
        wanted = _fitting_set(names)
        if wanted == CUSTOM:
            _refuse_misspelt(names, where)
    if wanted == CUSTOM:
        return FolderLabels(CUSTOM, tuple(sorted(names)), {name: name for name in names})
    labels = LABEL_SETS[wanted].labels
    label_of = {name: label for name in sorted(names) if (label := label_named(name, labels))}
    unknown = sorted(names - label_of.keys())
    if unknown:
        raise DataError(
            f"{where}: no labels of {wanted}: {', '.join(unknown)}; it has {', '.join(labels)}: "
            "rename the folders, or read them as classes of your own with --label-set custom"
        )
    _refuse_doubles(label_of, where)
    return FolderLabels(wanted, labels, label_of)


def _fitting_set(names: set[str]) -> str:
    """The preferred label set that has these very names, else one that has their meanings, else `custom`."""
    ordered = sorted(LABEL_SETS, key=label_set_preference)
    exact = (name for name in ordered if names <= set(LABEL_SETS[name].labels))
    meant = (name for name in ordered if all(label_named(folder, LABEL_SETS[name].labels) for folder in names))
    return next(exact, None) or next(meant, CUSTOM)


def _refuse_doubles(label_of: Mapping[str, str], where: str) -> None:
    """Raises DataError where two folders mean one label, such as `happy` and `happiness`."""
    first: dict[str, str] = {}
    for name, label in label_of.items():
        other = first.setdefault(label, name)
        if other != name:
            raise DataError(
                f"{where}: the folders {other}/ and {name}/ both mean {label}: merge them, or read them as classes of "
                "your own with --label-set custom"
            )


def _refuse_misspelt(names: set[str], where: str) -> None:
    """Raises DataError for a name such as `hapy` beside `sad` and `angry`: a misspelt label, not a custom class."""
    known = set(_ALL_LABELS)
    if len(names & known) < 2:
        return
    for name in sorted(names - known):
        near = get_close_matches(name, sorted(known - names), 1, 0.8)
        if near and not label_named(name, known):
            raise DataError(
                f"{where}: the folder {name}/ is no known label: did you mean {near[0]}/? Rename it, "
                "or read all folders as classes of your own with --label-set custom"
            )
