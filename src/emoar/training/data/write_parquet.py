"""Labelled faces to a Parquet file that `read_parquet` reads back as they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.errors import OutputError
from emoar.files import PartialFile, output_errors
from emoar.training.data.face_dataset import NO_LABEL, FaceDataset
from emoar.training.data.options import Report, say_nothing
from emoar.training.data.parquet import SCHEMA, VOTE_FIELDS, pyarrow

__all__ = ["write_parquet"]

BATCH: Final = 1024
LOSSLESS: Final = [cv2.IMWRITE_WEBP_QUALITY, 101]  # above 100 OpenCV stores every pixel as it is


def write_parquet(data: FaceDataset, path: Path, report: Report = say_nothing) -> None:
    """Writes one row a face, images as lossless WebP; the file has its name only when it is complete.

    Columns: row, usage, emotion (null without one), votes_… (FER+ alone), label (custom classes alone), file, image.
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
                writer.write_table(arrow.table(_columns(part, schema.names), schema=schema))
                report(start + len(part), len(data))
    except BaseException:
        file.discard()
        raise
    file.commit()


def _schema(arrow: Any, data: FaceDataset) -> Any:
    whole_votes = bool((data.votes == np.round(data.votes)).all() and data.votes.max(initial=0) < 256)
    vote = arrow.uint8() if whole_votes else arrow.float32()
    columns: dict[str, Any] = {"row": arrow.int32(), "usage": arrow.string(), "emotion": arrow.int8()}
    if data.votes.any():
        columns |= dict.fromkeys(VOTE_FIELDS, vote)
    if data.classes:
        columns["label"] = arrow.string()
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


def _columns(part: FaceDataset, names: list[str]) -> dict[str, Any]:
    votes = part.votes if part.votes.dtype.kind == "f" and (part.votes != np.round(part.votes)).any() else None
    whole = part.votes if votes is not None else part.votes.astype(np.int64)
    columns: dict[str, Any] = {
        "row": part.rows.tolist(),
        "usage": part.split.tolist(),
        "emotion": [None if label == NO_LABEL else label for label in part.fer2013.tolist()],
        "label": [None if label == NO_LABEL else part.classes[label] for label in part.custom.tolist()],
        "file": [name or None for name in part.files.tolist()],
        "image": [_encode(image) for image in part.images],
        **{name: whole[:, i].tolist() for i, name in enumerate(VOTE_FIELDS)},
    }
    return {name: columns[name] for name in names}


def _encode(image: NDArray[np.uint8]) -> bytes:
    bgr: Any = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    good, data = cv2.imencode(".webp", bgr, LOSSLESS)
    if not good:
        raise OutputError(f"an image of shape {image.shape} cannot be stored as WebP")
    return data.tobytes()
