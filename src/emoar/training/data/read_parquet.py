"""Reading of labelled faces from a Parquet file in the schema of `write_parquet`, or of FER2013 with FER+ votes."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DataError, MediaError
from emoar.labels import CUSTOM, FER2013, LABEL_SETS, LabelSet
from emoar.progress import Progress
from emoar.training.data.bad_items import BadItems
from emoar.training.data.face_dataset import CROP_SIZE_PX, SPLITS, FaceDataset
from emoar.training.data.names import column_named, split_named
from emoar.training.data.options import ReadOptions
from emoar.training.data.parquet import EMOTION, index_column, label_columns, pyarrow, vote_columns
from emoar.training.data.resize import decode
from emoar.training.data.targets import NO_LABEL, IndexTargets, Targets, VoteTargets

__all__ = ["read_parquet"]

BATCH: Final = 1024
Columns = dict[str, list[Any]]


def read_parquet(path: Path, options: ReadOptions, progress: Progress) -> FaceDataset:
    """Reads the columns `usage`, `image` and those of the labels: `emotion`, `votes_…`, `label`, `label_SET`.

    Raises:
        DataError: the file is not a Parquet file of labelled faces, or rows are bad; bad rows are named.
        DependencyMissing: pyarrow is not installed.
    """
    columns, about, images, keep, skipped = _load(path, options, progress)
    count = len(columns["usage"])
    data = FaceDataset(
        images,
        _targets(columns, about, path),
        np.array(columns["usage"]),
        _whole(columns["row"], "row", path) if "row" in columns else np.array(keep, np.int64),
        np.array([name or "" for name in columns.get("file", [""] * count)], dtype=np.str_),
        about.get("name", path.name),
        about.get("licence", "unknown"),
        skipped,
    )
    if not data.label_sets:
        raise DataError(f"{path.name}: no face has a label: expected emotion, votes_… or label columns")
    return data


def _load(
    path: Path, options: ReadOptions, progress: Progress
) -> tuple[Columns, dict[str, str], NDArray[np.uint8], list[int], tuple[str, ...]]:
    """The columns without bad rows, the metadata, the images, their row numbers, and a line for each skipped row."""
    known = ("row", "usage", "file", *label_columns())
    bad, keep, images = BadItems(path.name, "rows", skip=options.skip_bad), list[int](), list[NDArray[np.uint8]]()
    with _file(path) as file:
        names: list[str] = file.schema_arrow.names
        stored = {column_named(name): name for name in names} | {name: name for name in names}
        if not {"usage", "image"} <= set(stored):
            raise DataError(f"{path.name}: expected the columns usage and image, got {', '.join(names)[:200]}")
        about = _about(file.schema_arrow.metadata or {})
        size = options.size_px or _size(about, path)
        colour = about.get("colour") == "rgb" if options.colour is None else options.colour
        columns: Columns = {name: [] for name in known if name in stored}
        total: int = file.metadata.num_rows
        row = 0
        for batch in file.iter_batches(BATCH, columns=[stored[name] for name in ("image", *columns)]):
            part: Columns = {name: batch.column(stored[name]).to_pylist() for name in ("image", *columns)}
            part["usage"] = [split_named(str(name)) or name for name in part["usage"]]
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
            progress("reading", row, total)
    if not total:
        raise DataError(f"{path.name}: holds no rows: write it again")
    return columns, about, np.stack(images) if images else np.empty(0, np.uint8), keep, bad.raise_or_skip(total)


def _check_face(part: Columns, i: int, row: int) -> None:
    """Raises ValueError for an unknown label or split."""
    split, emotion = part["usage"][i], part[EMOTION][i] if EMOTION in part else None
    if split not in SPLITS:
        raise ValueError(f"row {row}: usage must be one of {', '.join(SPLITS)}, got {split!r}")
    if emotion is not None and not (isinstance(emotion, int) and NO_LABEL <= emotion < len(FER2013)):
        raise ValueError(f"row {row}: emotion must be 0..{len(FER2013) - 1}, got {emotion!r}")


def _targets(columns: Columns, about: dict[str, str], path: Path) -> dict[str, Targets]:
    targets: dict[str, Targets] = {}
    for name, known in LABEL_SETS.items():
        column = index_column(name)
        if known.rejections is not None:
            targets |= _votes(columns, known, known.rejections, path)
        elif column == EMOTION and column in columns:
            targets[name] = IndexTargets(known.labels, _whole(columns[column], column, path))
        elif column in columns:
            targets[name] = IndexTargets(known.labels, _places(columns[column], known.labels, column, path))
    column = index_column(CUSTOM)
    classes = _classes(columns.get(column), about, path)
    if classes:
        targets[CUSTOM] = IndexTargets(classes, _places(columns[column], classes, column, path))
    return targets


def _votes(columns: Columns, known: LabelSet, rejections: tuple[str, ...], path: Path) -> dict[str, Targets]:
    fields = vote_columns(known)
    missing = [name for name in fields if name not in columns]
    if len(missing) == len(fields):
        return {}
    if missing:
        raise DataError(f"{path.name}: of the {known.title} columns {', '.join(missing)} is missing: store all or none")
    try:
        votes = np.array([[0 if v is None else v for v in columns[name]] for name in fields], np.float32).T
    except (TypeError, ValueError) as exc:
        raise DataError(f"{path.name}: a {known.title} vote is not a number: {exc}") from exc
    return {known.name: VoteTargets(known.labels, rejections, np.ascontiguousarray(votes))}


def _places(texts: list[Any], labels: tuple[str, ...], column: str, path: Path) -> NDArray[np.int64]:
    """(N,) label index of each text; `NO_LABEL` for None."""
    unknown = sorted({str(text) for text in texts if text is not None} - set(labels))
    if unknown:
        raise DataError(f"{path.name}: {column} has labels that do not exist: {', '.join(unknown)}: correct the column")
    return np.array([NO_LABEL if text is None else labels.index(text) for text in texts], np.int64)


def _whole(values: list[Any], name: str, path: Path) -> NDArray[np.int64]:
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
    """The metadata of `write_parquet` by key, without the prefix `emoar.`."""
    words = {k.decode("utf-8", "replace"): v.decode("utf-8", "replace") for k, v in metadata.items()}
    return {key.removeprefix("emoar."): value for key, value in words.items() if key.startswith("emoar.")}


def _size(about: dict[str, str], path: Path) -> int:
    text = about.get("size_px", str(CROP_SIZE_PX))
    try:
        return ReadOptions(size_px=int(text)).size_px or CROP_SIZE_PX
    except ValueError as exc:
        raise DataError(f"{path.name}: its metadata gives size_px {text!r}: write it again") from exc


@contextmanager
def _file(path: Path) -> Generator[Any]:
    """Opens the file; converts errors of pyarrow to `DataError`."""
    arrow, parquet = pyarrow()
    try:
        with parquet.ParquetFile(path) as file:
            yield file
    except UnicodeDecodeError as exc:
        raise DataError(f"{path.name}: a text column is not UTF-8: write it again from its source") from exc
    except (arrow.ArrowException, OSError) as exc:
        raise DataError(f"{path.name}: not a readable Parquet file: {exc}") from exc
