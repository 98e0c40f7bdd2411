"""What a folder of images says by its names: the label of each image, its split, and which label set that is."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import PurePath
from typing import Final

from emoar.errors import DataError
from emoar.labels import FER2013, FERPLUS, LABEL_SETS

__all__ = ["label_and_split", "label_set_of"]

DEFAULT_SPLIT: Final = "PrivateTest"  # data without splits is there to be measured on
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
    """The label and the split of an image by its path below the data's folder; None where the path does not say.

    `train/angry/1.jpg` and `angry/train/1.jpg` are both; in `angry/Training_123.jpg` the file names the split.
    """
    folders = [folder.lower() for folder in path.parts[:-1]]
    splits = [_SPLIT_OF[name] for name in folders if name in _SPLIT_OF]
    labels = [name for name in folders if name not in _SPLIT_OF]
    by_file = _NAMES_OF_FILES.get(path.name.split("_")[0].lower()) if "_" in path.name else None
    return labels[-1] if labels else None, splits[-1] if splits else by_file


def label_set_of(names: set[str], wanted: str, where: str) -> tuple[str, tuple[str, ...]]:
    """Which label set these folder names are, and its labels in order. FER2013, when they could be both.

    Raises:
        DataError: they mix FER2013 with FER+, look like a misspelt label, or are not of the set that is wanted.
    """
    if wanted == "custom":
        return "custom", tuple(sorted(names))
    if wanted != "auto":
        unknown = sorted(names - set(LABEL_SETS[wanted].labels))
        if unknown:
            raise DataError(
                f"{where}: no labels of {wanted}: {', '.join(unknown)}; it has {', '.join(LABEL_SETS[wanted].labels)}: "
                "rename the folders, or read them as classes of your own with --labels custom"
            )
        return wanted, LABEL_SETS[wanted].labels
    for label_set in ("fer2013", "ferplus"):
        if names <= set(LABEL_SETS[label_set].labels):
            return label_set, LABEL_SETS[label_set].labels
    if names <= {*FER2013, *FERPLUS}:
        raise DataError(
            f"{where}: the folders mix FER2013 names ({', '.join(sorted(names - set(FERPLUS)))}) with FER+ names "
            f"({', '.join(sorted(names - set(FER2013)))}): use one set, or --labels custom"
        )
    _refuse_misspelt(names, where)
    return "custom", tuple(sorted(names))


def _refuse_misspelt(names: set[str], where: str) -> None:
    """`hapy` beside `sad` and `angry` is no class of its own."""
    known = {*FER2013, *FERPLUS}
    if len(names & known) < 2:
        return
    for name in sorted(names - known):
        near = get_close_matches(name, sorted(known - names), 1, 0.8)
        if near:
            raise DataError(
                f"{where}: the folder {name}/ is no known label: did you mean {near[0]}/? Rename it, "
                "or read all folders as classes of your own with --labels custom"
            )
