"""Labelled 48x48 grey faces, from FER2013 and FER+ in the three forms in which people have them.

Needs no torch: `emoar evaluate` reads its data here too.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.errors import DataError, DependencyMissing
from emoar.labels import FER2013, FERPLUS, LABEL_SETS

__all__ = ["CROP_SIZE_PX", "NO_LABEL", "SPLITS", "FaceDataset", "read_dataset"]

CROP_SIZE_PX: Final = 48
SPLITS: Final = ("Training", "PublicTest", "PrivateTest")
NO_LABEL: Final = -1
_VOTE_COLUMNS: Final = (*FERPLUS, "unknown", "not_a_face")
_IMAGE_SUFFIXES: Final = {".png", ".jpg", ".jpeg", ".webp", ".bmp"}


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
    """

    images: NDArray[np.uint8]
    fer2013: NDArray[np.int64]
    votes: NDArray[np.float32]
    split: NDArray[np.str_]
    custom: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    classes: tuple[str, ...] = ()
    rows: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    name: str = ""
    licence: str = "unknown"

    def __post_init__(self) -> None:
        count = len(self.images)
        if count and not len(self.custom):
            object.__setattr__(self, "custom", np.full(count, NO_LABEL, np.int64))
        if count and not len(self.rows):
            object.__setattr__(self, "rows", np.arange(count, dtype=np.int64))
        side = self.images.shape[1] if self.images.ndim > 1 else 0
        colour = (3,) if self.images.ndim == 4 else ()
        expected = {
            "images": (count, side, side, *colour),
            "fer2013": (count,),
            "votes": (count, len(_VOTE_COLUMNS)),
            "split": (count,),
            "custom": (count,),
            "rows": (count,),
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
        names = ("images", "fer2013", "votes", "split", "custom", "rows")
        return replace(self, **{name: getattr(self, name)[index] for name in names})

    @property
    def label_sets(self) -> dict[str, tuple[str, ...]]:
        """The label sets in which at least one face has a label, with their labels: what a network can learn."""
        known = {**LABEL_SETS, "custom": self.classes}
        return {name: labels for name, labels in known.items() if (self.truth(name) != NO_LABEL).any()}

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


def read_dataset(path: Path) -> FaceDataset:
    """Reads a Parquet file, Kaggle's `fer2013.csv` (with `fer2013new.csv` beside it) or an image folder.

    A folder holds `label/*.png` or `split/label/*.png`; without a split folder all faces are `PrivateTest`.

    Raises:
        DataError: the path is missing or its content is not as described.
        DependencyMissing: Parquet needs `pyarrow`, from the `data` extra.
    """
    path = Path(path)
    if not path.exists():
        raise DataError(f"{path} does not exist: give a .parquet or .csv file or an image folder")
    if path.is_dir():
        return _read_folder(path)
    if path.suffix == ".parquet":
        return _read_parquet(path)
    if path.suffix == ".csv":
        return _read_csv(path)
    raise DataError(f"{path.name}: expected .parquet, .csv or a folder of images")


def _read_parquet(path: Path) -> FaceDataset:
    try:
        pq: Any = import_module("pyarrow.parquet")
        invalid: Any = import_module("pyarrow").ArrowInvalid
    except ImportError as exc:
        raise DependencyMissing("reading Parquet needs pyarrow: pip install 'emoar[data]'") from exc
    columns = ["usage", "emotion", "image", *(f"votes_{name}" for name in _VOTE_COLUMNS)]
    try:
        table: dict[str, list[Any]] = pq.read_table(path, columns=columns).to_pydict()
    except (invalid, OSError, KeyError) as exc:
        raise DataError(
            f"{path.name}: not a readable Parquet file with columns {', '.join(columns[:3])}: {exc}"
        ) from exc
    images = np.stack(
        [_decode(np.frombuffer(data, np.uint8), f"{path.name} row {i}") for i, data in enumerate(table["image"])]
    )
    votes = np.stack([table[f"votes_{name}"] for name in _VOTE_COLUMNS], axis=1).astype(np.float32)
    return FaceDataset(images, np.asarray(table["emotion"], np.int64), votes, np.asarray(table["usage"]))


def _read_csv(path: Path) -> FaceDataset:
    images: list[NDArray[np.uint8]] = []
    emotions: list[int] = []
    splits: list[str] = []
    with path.open(newline="") as file:
        reader = csv.DictReader(file)
        if not {"emotion", "pixels", "Usage"} <= set(reader.fieldnames or ()):
            raise DataError(f"{path.name}: expected the columns emotion, pixels, Usage, got {reader.fieldnames}")
        for line, row in enumerate(reader, start=2):
            images.append(_parse_pixels(row["pixels"] or "", f"{path.name} line {line}"))
            emotions.append(_parse_emotion(row["emotion"] or "", f"{path.name} line {line}"))
            splits.append(_check_split(row["Usage"] or "", f"{path.name} line {line}"))
    if not images:
        raise DataError(f"{path.name}: holds no rows")
    votes = _read_vote_csv(path.with_name("fer2013new.csv"), len(images))
    return FaceDataset(np.stack(images), np.asarray(emotions, np.int64), votes, np.asarray(splits))


def _read_vote_csv(path: Path, count: int) -> NDArray[np.float32]:
    if not path.is_file():
        return np.zeros((count, len(_VOTE_COLUMNS)), np.float32)
    with path.open(newline="") as file:
        rows = [{_normalise(key): value for key, value in row.items() if key} for row in csv.DictReader(file)]
    if len(rows) != count:
        raise DataError(f"{path.name}: {len(rows)} rows, but fer2013.csv has {count}; they join by row number")
    try:
        return np.array([[float(row[_normalise(name)]) for name in _VOTE_COLUMNS] for row in rows], np.float32)
    except (KeyError, ValueError) as exc:
        raise DataError(f"{path.name}: a vote column is missing or not a number: {exc}") from exc


def _read_folder(root: Path) -> FaceDataset:
    found = list(_walk(root))
    if not found:
        raise DataError(f"{root}: no images in folders named after expressions, such as happy/ or PrivateTest/happy/")
    ferplus = _names_ferplus(root, {label for _, label, _ in found})
    emotions = [NO_LABEL if ferplus else FER2013.index(label) for _, label, _ in found]
    votes = np.zeros((len(found), len(_VOTE_COLUMNS)), np.float32)
    if ferplus:
        votes[np.arange(len(found)), [FERPLUS.index(label) for _, label, _ in found]] = 1
    images = np.stack([_decode(np.fromfile(path, np.uint8), str(path.relative_to(root))) for path, _, _ in found])
    return FaceDataset(images, np.asarray(emotions, np.int64), votes, np.asarray([split for _, _, split in found]))


def _names_ferplus(root: Path, names: set[str]) -> bool:
    """Whether folder names are FER+ labels; FER2013's, when they could be both. The two are never mixed."""
    if names <= set(FER2013):
        return False
    if names <= set(FERPLUS):
        return True
    raise DataError(
        f"{root}: the folders mix FER2013 names ({', '.join(sorted(names - set(FERPLUS)))}) "
        f"with FER+ names ({', '.join(sorted(names - set(FER2013)))}): use one set"
    )


def _walk(root: Path) -> Iterator[tuple[Path, str, str]]:
    aliases = {"train": "Training", "training": "Training", "validation": "PublicTest", "publictest": "PublicTest"}
    known = {*FER2013, *FERPLUS}
    for path in sorted(root.rglob("*")):
        if path.suffix.lower() not in _IMAGE_SUFFIXES or path.parent.name.lower() not in known:
            continue
        above = path.parent.parent.name.lower() if path.parent != root else ""
        yield path, path.parent.name.lower(), aliases.get(above, "PrivateTest")


def _decode(data: NDArray[np.uint8], where: str) -> NDArray[np.uint8]:
    # OpenCV refuses a WebP under 32 bytes, which a blank face compresses to; decoders ignore what follows the image
    padded = np.pad(data, (0, max(0, 64 - data.size)))
    image = cv2.imdecode(padded, cv2.IMREAD_GRAYSCALE) if data.size else None
    if image is None:
        raise DataError(f"{where}: not a readable image")
    if image.shape != (CROP_SIZE_PX, CROP_SIZE_PX):
        image = cv2.resize(image, (CROP_SIZE_PX, CROP_SIZE_PX), interpolation=cv2.INTER_AREA)
    return image.astype(np.uint8)


def _parse_pixels(text: str, where: str) -> NDArray[np.uint8]:
    try:
        pixels = np.array(text.split(), dtype=np.int64)
    except ValueError as exc:
        raise DataError(f"{where}: a pixel is not a number: {exc}") from exc
    if pixels.size != CROP_SIZE_PX**2 or pixels.min() < 0 or pixels.max() > 255:
        raise DataError(f"{where}: expected {CROP_SIZE_PX**2} pixels in 0..255, got {pixels.size}")
    return pixels.reshape(CROP_SIZE_PX, CROP_SIZE_PX).astype(np.uint8)


def _parse_emotion(text: str, where: str) -> int:
    if not text.isdigit() or int(text) >= len(FER2013):
        raise DataError(f"{where}: emotion must be 0..{len(FER2013) - 1}, got {text!r}")
    return int(text)


def _check_split(text: str, where: str) -> str:
    if text not in SPLITS:
        raise DataError(f"{where}: Usage must be one of {', '.join(SPLITS)}, got {text!r}")
    return text


def _normalise(column: str) -> str:
    return column.strip().lower().replace(" ", "_").replace("nf", "not_a_face")
