"""Label, split and label set of images from the names of their folders and files."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import PurePath
from typing import Final

from emoar.errors import DataError
from emoar.labels import CUSTOM, LABEL_SETS
from emoar.training.data.face_dataset import label_set_preference

__all__ = ["label_and_split", "label_set_of"]

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
    "test": "PrivateTest",
}
_NAMES_OF_FILES: Final = {"training": "Training", "publictest": "PublicTest", "privatetest": "PrivateTest"}


def label_and_split(path: PurePath) -> tuple[str | None, str | None]:
    """The label and the split of an image from its path relative to the data's folder; None where the path has none.

    `train/angry/1.jpg` and `angry/train/1.jpg` mean the same; `angry/Training_123.jpg` has the split in the file name.
    """
    folders = [folder.lower() for folder in path.parts[:-1]]
    splits = [_SPLIT_OF[name] for name in folders if name in _SPLIT_OF]
    labels = [name for name in folders if name not in _SPLIT_OF]
    by_file = _NAMES_OF_FILES.get(path.name.split("_")[0].lower()) if "_" in path.name else None
    return labels[-1] if labels else None, splits[-1] if splits else by_file


def label_set_of(names: set[str], wanted: str, where: str) -> tuple[str, tuple[str, ...]]:
    """The label set of these folder names, and its labels in order; the preferred one where several fit.

    Args:
        names: folder names, in lower case.
        wanted: one of `LABEL_CHOICES`; `auto` detects the label set.
        where: name of the data, for the error.

    Raises:
        DataError: the names mix label sets, contain a probably misspelt label, or are not labels of `wanted`.
    """
    if wanted == CUSTOM:
        return CUSTOM, tuple(sorted(names))
    if wanted != "auto":
        unknown = sorted(names - set(LABEL_SETS[wanted].labels))
        if unknown:
            raise DataError(
                f"{where}: no labels of {wanted}: {', '.join(unknown)}; it has {', '.join(LABEL_SETS[wanted].labels)}: "
                "rename the folders, or read them as classes of your own with --label-set custom"
            )
        return wanted, LABEL_SETS[wanted].labels
    known = {name: set(LABEL_SETS[name].labels) for name in sorted(LABEL_SETS, key=label_set_preference)}
    for label_set, labels in known.items():
        if names <= labels:
            return label_set, LABEL_SETS[label_set].labels
    if names <= set().union(*known.values()):
        lists = {LABEL_SETS[name].title: ", ".join(sorted(names & labels)) for name, labels in known.items()}
        mixed = " with ".join(f"{title} names ({found})" for title, found in lists.items() if found)
        raise DataError(f"{where}: the folders mix {mixed}: use one set, or --label-set custom")
    _refuse_misspelt(names, where)
    return CUSTOM, tuple(sorted(names))


def _refuse_misspelt(names: set[str], where: str) -> None:
    """Raises DataError for a name such as `hapy` beside `sad` and `angry`: a misspelt label, not a custom class."""
    known = {label for label_set in LABEL_SETS.values() for label in label_set.labels}
    if len(names & known) < 2:
        return
    for name in sorted(names - known):
        near = get_close_matches(name, sorted(known - names), 1, 0.8)
        if near:
            raise DataError(
                f"{where}: the folder {name}/ is no known label: did you mean {near[0]}/? Rename it, "
                "or read all folders as classes of your own with --label-set custom"
            )
