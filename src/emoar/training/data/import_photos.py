"""Import of photos from folders named after labels: the pipeline finds and aligns the faces."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DataError, MediaError
from emoar.media.images import read_image
from emoar.perception.align import align
from emoar.progress import NO_PROGRESS, Progress
from emoar.training.data.bad_items import BadItems
from emoar.training.data.face_dataset import CROP_SIZE_PX, FaceDataset
from emoar.training.data.names import DEFAULT_SPLIT, labels_of_folders
from emoar.training.data.options import ReadOptions
from emoar.training.data.read_folder import LabelledFile, labelled_files
from emoar.training.data.split import divide
from emoar.training.data.targets import targets_of_names
from emoar.types import Face, Frame, Scene

__all__ = ["Imported", "PhotoOptions", "import_photos"]


class FindsFaces(Protocol):
    """A pipeline, in photo mode."""

    def __call__(self, frame: Frame) -> Scene: ...


@dataclass(frozen=True)
class PhotoOptions:
    """Options of the photo import."""

    all_faces: bool = False  # imports every face of a photo with its label; otherwise only the largest
    usable_only: bool = True  # skips faces that are too small, blurred, cut off or turned away
    ratio: tuple[float, float, float] | None = None  # shares of the three splits, for photos whose folders name none
    licence: str = "unknown"  # licence of the photos
    seed: int = 0  # seed of the random split


@dataclass(frozen=True)
class Imported:
    """The imported data, and the photos and faces that were left out."""

    data: FaceDataset
    without_face: tuple[str, ...]  # names of photos without a face
    unusable: tuple[str, ...]  # skipped faces, one line each with the reasons


def import_photos(
    root: Path,
    pipeline: FindsFaces,
    read: ReadOptions | None = None,
    options: PhotoOptions | None = None,
    progress: Progress = NO_PROGRESS,
) -> Imported:
    """Finds, aligns and crops the faces of all photos below a folder. Folder names give labels and splits.

    Args:
        root: the folder.
        pipeline: a pipeline in photo mode.
        read: crop size and colour, label set, and whether unreadable photos are skipped; None uses the defaults.
        options: which faces are imported, and splits; None uses the defaults.
        progress: advances with each photo.

    Raises:
        DataError: no photo has a label or a usable face, or photos cannot be read; each is named.
    """
    if not root.is_dir():
        raise DataError(f"{root} is no folder: give one with subfolders named after expressions")
    read, options = read or ReadOptions(), options or PhotoOptions()
    found = labelled_files(root)
    folders = labels_of_folders({file.label for file in found}, read.labels, root.name)
    bad = BadItems(root.name, "photos", skip=read.skip_bad)
    crops, sources = list[NDArray[np.uint8]](), list[LabelledFile]()
    without, unusable = list[str](), list[str]()
    for index, file in enumerate(found):
        try:
            frame = read_image(file.path)
            scene = pipeline(frame)
        except MediaError as exc:
            bad.add(str(exc).replace(str(file.path), file.name))
            continue
        except Exception as exc:  # whatever one photo raises, the others are done, and it is named
            bad.add(f"{file.name}: unexpected {type(exc).__name__}: {exc}")
            continue
        faces = _chosen(scene.faces, options, file.name, unusable)
        if faces is None:
            without.append(file.name)
        for face in faces or ():
            size = read.size_px or CROP_SIZE_PX
            crops.append(align(frame.image, face.landmarks_px, size, colour=bool(read.colour)))
            sources.append(file)
        progress("photos", index + 1, len(found))
    skipped = bad.raise_or_skip(len(found))
    if not crops:
        raise DataError(f"{root.name}: none of {len(found)} photos has a face that can be used: give clearer photos")
    data = FaceDataset(
        np.stack(crops),
        targets_of_names([folders.label_of[file.label] for file in sources], folders.label_set, folders.labels),
        _splits(sources, options),
        files=np.array([file.name for file in sources]),
        name=root.name,
        licence=options.licence,
        skipped=skipped,
    )
    return Imported(data, tuple(without), tuple(unusable))


def _chosen(faces: tuple[Face, ...], options: PhotoOptions, name: str, unusable: list[str]) -> list[Face] | None:
    """The faces of one photo to import, largest first; None where the photo has no face."""
    if not faces:
        return None
    ordered = sorted(faces, key=lambda face: -face.quality.eye_distance_px)
    chosen = ordered if options.all_faces else ordered[:1]
    if not options.usable_only:
        return chosen
    unusable += [f"{name}: {', '.join(face.quality.reasons)}" for face in chosen if not face.quality.usable]
    return [face for face in chosen if face.quality.usable]


def _splits(files: list[LabelledFile], options: PhotoOptions) -> NDArray[np.str_]:
    named = np.array([file.split or "" for file in files])
    unnamed = named == ""
    if not unnamed.any():
        return named
    if options.ratio is None:
        return np.where(unnamed, DEFAULT_SPLIT, named)
    shares = divide([file.label for file in files], [file.name for file in files], options.ratio, options.seed)
    return np.where(unnamed, shares, named)
