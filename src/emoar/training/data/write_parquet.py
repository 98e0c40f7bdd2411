"""Writing of labelled faces to a Parquet file, which `read_parquet` reads without loss."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.errors import OutputError
from emoar.files import PartialFile, output_errors
from emoar.labels import LABEL_SETS
from emoar.progress import NO_PROGRESS, Progress
from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.parquet import EMOTION, SCHEMA, index_column, pyarrow, vote_columns
from emoar.training.data.targets import NO_LABEL, VoteTargets

__all__ = ["write_parquet"]

BATCH: Final = 1024
LOSSLESS: Final = [cv2.IMWRITE_WEBP_QUALITY, 101]  # above 100, OpenCV writes lossless WebP


def write_parquet(data: FaceDataset, path: Path, progress: Progress = NO_PROGRESS) -> None:
    """Writes one row per face, with images as lossless WebP; the file is written atomically.

    Columns: row, usage, the columns of the label sets (`parquet.index_column`, `vote_columns`), file, image.
    Metadata: emoar.schema, classes, licence, name, size_px, colour.

    Raises:
        OutputError: the file cannot be written.
        DependencyMissing: pyarrow is not installed.
    """
    arrow, parquet = pyarrow()
    schema = _schema(arrow, data)
    file = PartialFile(path)
    try:
        with output_errors(path), parquet.ParquetWriter(file.temporary, schema, compression="zstd") as writer:
            for start in range(0, len(data), BATCH):
                part = data.take(np.arange(start, min(start + BATCH, len(data))))
                columns = _columns(part)
                writer.write_table(arrow.table({name: columns[name] for name in schema.names}, schema=schema))
                progress("writing", start + len(part), len(data))
    except BaseException:
        file.discard()
        raise
    file.commit()


def _schema(arrow: Any, data: FaceDataset) -> Any:
    columns: dict[str, Any] = {"row": arrow.int32(), "usage": arrow.string()}
    for name, targets in data.targets.items():
        if isinstance(targets, VoteTargets):
            whole = bool((targets.votes == np.round(targets.votes)).all() and targets.votes.max(initial=0) < 256)
            columns |= dict.fromkeys(vote_columns(LABEL_SETS[name]), arrow.uint8() if whole else arrow.float32())
        else:
            columns[index_column(name)] = arrow.int8() if index_column(name) == EMOTION else arrow.string()
    columns |= {"file": arrow.string(), "image": arrow.binary()}
    about = {
        "schema": SCHEMA,
        "classes": json.dumps(data.classes),
        "licence": data.licence,
        "name": data.name,
        "size_px": str(data.size_px),
        "colour": "rgb" if data.colour else "grey",
    }
    return arrow.schema(list(columns.items()), metadata={f"emoar.{key}": value for key, value in about.items()})


def _columns(part: FaceDataset) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {
        "row": part.rows.tolist(),
        "usage": part.split.tolist(),
        "file": [name or None for name in part.files.tolist()],
        "image": [_encode(image) for image in part.images],
    }
    for name, targets in part.targets.items():
        if isinstance(targets, VoteTargets):
            columns |= dict(zip(vote_columns(LABEL_SETS[name]), targets.votes.T.tolist(), strict=True))
            continue
        values: list[Any] = [None if place == NO_LABEL else place for place in targets.index.tolist()]
        if index_column(name) != EMOTION:
            values = [None if place is None else targets.labels[place] for place in values]
        columns[index_column(name)] = values
    return columns


def _encode(image: NDArray[np.uint8]) -> bytes:
    bgr: Any = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    good, data = cv2.imencode(".webp", bgr, LOSSLESS)
    if not good:
        raise OutputError(f"an image of shape {image.shape} cannot be stored as WebP")
    return data.tobytes()
