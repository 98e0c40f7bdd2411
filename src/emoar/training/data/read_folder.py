"""Reading of labelled crops from a folder whose subfolders are named after labels, and optionally splits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DataError, MediaError
from emoar.media.images import MAX_BYTES, is_image_file
from emoar.progress import Progress
from emoar.training.data.about import read_about
from emoar.training.data.bad_items import BadItems, printable
from emoar.training.data.face_dataset import CROP_SIZE_PX, FaceDataset
from emoar.training.data.names import DEFAULT_SPLIT, label_and_split, labels_of_folders
from emoar.training.data.options import ReadOptions
from emoar.training.data.resize import decode
from emoar.training.data.targets import targets_of_names

__all__ = ["LabelledFile", "labelled_files", "read_bytes", "read_folder"]


@dataclass(frozen=True)
class LabelledFile:
    """One image file with the label and split that its path names."""

    path: Path
    name: str  # path relative to the data folder, with slashes
    label: str
    split: str | None


def read_folder(root: Path, options: ReadOptions, progress: Progress) -> FaceDataset:
    """Reads `label/*.jpg`, `split/label/*.jpg` or `label/Training_1.jpg`; images without a split go to PrivateTest.

    Rows are numbered in the order of the paths, bad images included: skipping does not change the other numbers.

    Raises:
        DataError: there are no images, the labels form no label set, a class is empty, or images are bad; bad images
            are named.
    """
    found = labelled_files(root)
    folders = labels_of_folders({file.label for file in found}, options.labels, root.name)
    about = read_about(root)
    stored = about.get("size_px", "")
    size = options.size_px or (int(stored) if stored.isdecimal() and 8 <= int(stored) <= 1024 else CROP_SIZE_PX)
    colour = about.get("colour") == "rgb" if options.colour is None else options.colour
    bad, keep = BadItems(root.name, "images", skip=options.skip_bad), list[int]()
    images: list[NDArray[np.uint8]] = []
    for index, file in enumerate(found):
        try:
            images.append(decode(read_bytes(file.path), file.name, size, colour=colour))
            keep.append(index)
        except MediaError as exc:
            bad.add(str(exc))
        progress("reading", index + 1, len(found))
    skipped = bad.raise_or_skip(len(found))
    files = [found[index] for index in keep]
    return FaceDataset(
        np.stack(images),
        targets_of_names([folders.label_of[file.label] for file in files], folders.label_set, folders.labels),
        np.array([file.split or DEFAULT_SPLIT for file in files]),
        np.array(keep, np.int64),
        np.array([file.name for file in files]),
        about.get("name", root.resolve().name),
        about.get("licence", "unknown"),
        skipped,
    )


def labelled_files(root: Path) -> list[LabelledFile]:
    """The labelled image files below a folder, sorted by path; hidden files and images without a label are ignored.

    Raises:
        DataError: there is no labelled image, or the folder of a label is empty.
    """
    found: list[LabelledFile] = []
    empty: set[Path] = set()
    for path in sorted(root.rglob("*")):
        below = path.relative_to(root)
        if any(part.startswith(".") for part in below.parts):
            continue
        if path.is_dir():
            if label_and_split(below / "x")[0] is not None and not any(path.iterdir()):
                empty.add(below)
        elif is_image_file(path):
            label, split = label_and_split(below)
            if label is not None:
                found.append(LabelledFile(path, printable(below.as_posix()), printable(label), split))
    if not found:
        raise DataError(
            f"{root}: no images in folders named after expressions, such as happy/ or PrivateTest/happy/: "
            "sort them into such folders"
        )
    if empty:
        names = ", ".join(printable(f"{path.as_posix()}/") for path in sorted(empty))
        raise DataError(f"{root.name}: empty class: no images in {names}: add some, or remove the folder")
    return found


def read_bytes(path: Path) -> bytes:
    """The content of an image file.

    Raises:
        MediaError: the file cannot be read, or is larger than `MAX_BYTES`.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise MediaError(f"{path.name} is larger than {MAX_BYTES >> 20} MB")
        return path.read_bytes()
    except OSError as exc:
        raise MediaError(f"{printable(path.name)} cannot be read: {exc.strerror}") from exc
