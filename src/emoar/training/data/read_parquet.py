"""Labelled faces from a Parquet file: the schema of `write_parquet`, and that of FER2013 with FER+ votes."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DataError, MediaError
from emoar.labels import FER2013
from emoar.training.data.bad_items import BadItems
from emoar.training.data.decode import decode
from emoar.training.data.face_dataset import CROP_SIZE_PX, NO_LABEL, SPLITS, VOTE_COLUMNS, FaceDataset
from emoar.training.data.options import ReadOptions, Report
from emoar.training.data.parquet import VOTE_FIELDS, pyarrow

__all__ = ["read_parquet"]

BATCH: Final = 1024
Columns = dict[str, list[Any]]


def read_parquet(path: Path, options: ReadOptions, report: Report) -> FaceDataset:
    """Reads the columns `usage`, `image` and what labels there are: `emotion`, `votes_…`, `label`.

    Raises:
        DataError: not a Parquet file of faces, or rows are bad; each row is named.
        DependencyMissing: pyarrow is not installed.
    """
    columns, about, images, keep, skipped = _load(path, options, report)
    count = len(columns["usage"])
    classes = _classes(columns.get("label"), about, path)
    data = FaceDataset(
        images,
        _whole(columns.get("emotion"), count, "emotion", path),
        _votes(columns, count, path),
        np.array(columns["usage"]),
        np.array([classes.index(c) if c is not None else NO_LABEL for c in columns.get("label", [None] * count)]),
        classes,
        np.array(_whole(columns["row"], count, "row", path) if "row" in columns else keep, np.int64),
        np.array([name or "" for name in columns.get("file", [""] * count)], dtype=np.str_),
        about.get("name", path.name),
        about.get("licence", "unknown"),
        skipped,
    )
    if not data.label_sets:
        raise DataError(f"{path.name}: no face has a label: expected emotion, votes_… or label columns")
    return data


def _load(
    path: Path, options: ReadOptions, report: Report
) -> tuple[Columns, dict[str, str], NDArray[np.uint8], list[int], tuple[str, ...]]:
    """The columns without bad rows, what the file says about itself, the images, where they stood, and what was bad."""
    known = ("row", "usage", "emotion", "label", "file", *VOTE_FIELDS)
    bad, keep, images = BadItems(path.name, "rows", skip=options.skip_bad), list[int](), list[NDArray[np.uint8]]()
    with _file(path) as file:
        names: list[str] = file.schema_arrow.names
        if not {"usage", "image"} <= set(names):
            raise DataError(f"{path.name}: expected the columns usage and image, got {', '.join(names)[:200]}")
        about = _about(file.schema_arrow.metadata or {})
        size = options.size_px or _size(about, path)
        colour = about.get("colour") == "rgb" if options.colour is None else options.colour
        columns: Columns = {name: [] for name in known if name in names}
        total: int = file.metadata.num_rows
        row = 0
        for batch in file.iter_batches(BATCH, columns=["image", *columns]):
            part: Columns = batch.to_pydict()
            for i, encoded in enumerate(part["image"]):
                try:
                    image = decode(encoded or b"", f"row {row}", size, colour=colour)
                    _check_face(part, i, row)
                    images.append(image)
                    keep.append(row)
                    for name, values in columns.items():
                        values.append(part[name][i])
                except (MediaError, ValueError) as exc:
                    bad.add(str(exc))
                row += 1
            report(row, total)
    if not total:
        raise DataError(f"{path.name}: holds no rows: write it again")
    return columns, about, np.stack(images) if images else np.empty(0, np.uint8), keep, bad.settle(total)


def _check_face(part: Columns, i: int, row: int) -> None:
    """Raises ValueError for a label or split that does not exist."""
    split, emotion = part["usage"][i], part["emotion"][i] if "emotion" in part else None
    if split not in SPLITS:
        raise ValueError(f"row {row}: usage must be one of {', '.join(SPLITS)}, got {split!r}")
    if emotion is not None and not (isinstance(emotion, int) and NO_LABEL <= emotion < len(FER2013)):
        raise ValueError(f"row {row}: emotion must be 0..{len(FER2013) - 1}, got {emotion!r}")


def _votes(columns: Columns, count: int, path: Path) -> NDArray[np.float32]:
    present = [name for name in VOTE_FIELDS if name in columns]
    if not present:
        return np.zeros((count, len(VOTE_COLUMNS)), np.float32)
    if len(present) < len(VOTE_FIELDS):
        missing = ", ".join(name for name in VOTE_FIELDS if name not in columns)
        raise DataError(f"{path.name}: of the FER+ columns {missing} is missing: store all ten or none")
    try:
        votes = np.array([[0 if v is None else v for v in columns[name]] for name in VOTE_FIELDS], np.float32).T
    except (TypeError, ValueError) as exc:
        raise DataError(f"{path.name}: a FER+ vote is not a number: {exc}") from exc
    return np.ascontiguousarray(votes)


def _whole(values: list[Any] | None, count: int, name: str, path: Path) -> NDArray[np.int64]:
    if values is None:
        return np.full(count, NO_LABEL, np.int64)
    try:
        return np.array([NO_LABEL if value is None else value for value in values], np.int64)
    except (TypeError, ValueError, OverflowError) as exc:
        raise DataError(f"{path.name}: the column {name} must hold whole numbers: {exc}") from exc


def _classes(labels: list[Any] | None, about: dict[str, str], path: Path) -> tuple[str, ...]:
    present = {str(label) for label in labels or () if label is not None}
    try:
        stored = tuple(str(name) for name in json.loads(about.get("classes", "[]")))
    except ValueError as exc:
        raise DataError(f"{path.name}: its list of classes is damaged: write it again") from exc
    if stored and not present <= set(stored):
        unknown = ", ".join(sorted(present - set(stored)))
        raise DataError(f"{path.name}: labels that are not among its classes: {unknown}: correct the column label")
    return stored or tuple(sorted(present))


def _about(metadata: dict[bytes, bytes]) -> dict[str, str]:
    """What `write_parquet` said about the data, without the `emoar.` in front."""
    words = {k.decode("utf-8", "replace"): v.decode("utf-8", "replace") for k, v in metadata.items()}
    return {key.removeprefix("emoar."): value for key, value in words.items() if key.startswith("emoar.")}


def _size(about: dict[str, str], path: Path) -> int:
    text = about.get("size_px", str(CROP_SIZE_PX))
    try:
        return ReadOptions(size_px=int(text)).size_px or CROP_SIZE_PX
    except ValueError as exc:
        raise DataError(f"{path.name}: says that its images are {text!r} pixels wide: write it again") from exc


@contextmanager
def _file(path: Path) -> Generator[Any]:
    """The opened file; what pyarrow says is wrong with it becomes one line."""
    arrow, parquet = pyarrow()
    try:
        with parquet.ParquetFile(path) as file:
            yield file
    except UnicodeDecodeError as exc:
        raise DataError(f"{path.name}: a text column is not UTF-8: write it again from its source") from exc
    except (arrow.ArrowException, OSError) as exc:
        raise DataError(f"{path.name}: not a readable Parquet file: {exc}") from exc
