"""Kaggle's `fer2013.csv`, with the FER+ votes of `fer2013new.csv` joined by row number."""

from __future__ import annotations

import codecs
import csv
import re
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DataError
from emoar.labels import FER2013, LABEL_SETS
from emoar.progress import Progress
from emoar.training.data.bad_items import BadItems
from emoar.training.data.face_dataset import CROP_SIZE_PX, SPLITS, FaceDataset
from emoar.training.data.names import columns_named, label_named, split_named
from emoar.training.data.options import ReadOptions
from emoar.training.data.resize import fitted
from emoar.training.data.targets import IndexTargets, VoteTargets

__all__ = ["VOTES_NAME", "read_csv"]

VOTES_NAME: Final = "fer2013new.csv"
NEEDED: Final = {"emotion", "pixels"}  # a file without `Usage` is all Training
LICENCE: Final = "FER2013 (Goodfellow et al., 2013): research only"

Row = tuple[NDArray[np.uint8], int, str]


def read_csv(path: Path, options: ReadOptions, progress: Progress) -> FaceDataset:
    """Reads the CSV file and the votes, if there are any.

    Args:
        path: `fer2013.csv`.
        options: where the votes are, size and colour, and whether bad rows are skipped.
        progress: advances with every 500 rows; the total is unknown (0).

    Raises:
        DataError: a file cannot be read, a column is missing, the files do not fit together, or rows are bad; bad
            rows are named.
    """
    rows: dict[int, Row] = {}
    bad, count = BadItems(path.name, "rows", skip=options.skip_bad), 0
    with _table(path) as reader:
        if not set(reader.fieldnames or ()) >= NEEDED:
            got = ", ".join(reader.fieldnames or ()) or "nothing"
            raise DataError(f"{path.name}: expected the columns emotion, pixels and perhaps Usage, got {got[:200]}")
        for index, row in enumerate(reader):
            count = index + 1
            try:
                rows[index] = _face(row)
            except ValueError as exc:
                bad.add(f"line {1 + reader.line_num}: {exc}")
            if count % 500 == 0:
                progress("reading", count, 0)
    if not count:
        raise DataError(f"{path.name}: holds no rows: download it again")
    skipped = bad.raise_or_skip(count)
    keep = np.fromiter(rows, np.int64, len(rows))
    faces, votes = rows.values(), _votes(path, options.votes, count)
    return FaceDataset(
        fitted(np.stack([image for image, _, _ in faces]), options),
        {
            "fer2013": IndexTargets(FER2013, np.array([emotion for _, emotion, _ in faces], np.int64)),
            **({"ferplus": votes.take(keep)} if votes else {}),
        },
        np.array([split for _, _, split in faces]),
        rows=keep,
        name=path.name,
        licence=LICENCE,
        skipped=skipped,
    )


def _face(row: dict[str, str | None]) -> Row:
    """The image, label and split of one row.

    Raises:
        ValueError: the row is bad; the message is the reason.
    """
    split = row.get("usage", "Training") or ""
    usage = split_named(split)
    emotion = _emotion(row["emotion"] or "")
    if usage is None:
        raise ValueError(f"Usage must be one of {', '.join(SPLITS)}, got {split[:20]!r}")
    return _pixels(row["pixels"] or ""), emotion, usage


def _emotion(text: str) -> int:
    """The index in FER2013 of a number or a name."""
    text = text.strip()
    if re.fullmatch(r"[0-9](\.0*)?", text) and int(text[0]) < len(FER2013):  # 3.0, as pandas writes it beside gaps
        return int(text[0])
    label = label_named(text, FER2013) if text else None
    if label is None:
        raise ValueError(f"emotion must be 0..{len(FER2013) - 1} or {', '.join(FER2013)}, got {text[:20]!r}")
    return FER2013.index(label)


def _pixels(text: str) -> NDArray[np.uint8]:
    words = text.split()
    if len(words) != CROP_SIZE_PX**2:
        raise ValueError(f"expected {CROP_SIZE_PX**2} pixels, got {len(words)}")
    try:
        pixels = np.array(words, dtype=np.int64)
    except (ValueError, OverflowError):
        odd = next(word for word in words if not (word.isascii() and word.isdecimal()))
        raise ValueError(f"a pixel is not a number: {odd[:20]!r}") from None
    if pixels.min() < 0 or pixels.max() > 255:
        raise ValueError(f"pixels must be in 0..255, got {pixels.min()}..{pixels.max()}")
    return pixels.reshape(CROP_SIZE_PX, CROP_SIZE_PX).astype(np.uint8)


def _votes(path: Path, given: Path | None, count: int) -> VoteTargets | None:
    """The FER+ votes of all rows; None where there is no file of votes."""
    votes_path = given or path.with_name(VOTES_NAME)
    if not votes_path.is_file():
        if given:
            raise DataError(f"{given} does not exist: give FER+'s {VOTES_NAME}")
        return None
    with _table(votes_path) as reader:
        rows = list(reader)
    if len(rows) != count:
        raise DataError(f"{votes_path.name}: {len(rows)} rows, but {path.name} has {count}; they join by row number")
    ferplus = LABEL_SETS["ferplus"]
    columns = (*ferplus.labels, *(ferplus.rejections or ()))
    votes = np.zeros((count, len(columns)), np.float32)
    for index, row in enumerate(rows):
        try:
            votes[index] = [float(row[name]) for name in columns]
        except (KeyError, TypeError, ValueError) as exc:
            raise DataError(
                f"{votes_path.name} line {index + 2}: a vote is missing or not a number ({exc}): "
                f"expected the columns {', '.join(columns)}"
            ) from exc
    if not (np.isfinite(votes).all() and (votes >= 0).all()):
        raise DataError(f"{votes_path.name}: votes must be numbers of at least 0")
    return VoteTargets(ferplus.labels, ferplus.rejections or (), votes)


@contextmanager
def _table(path: Path) -> Generator[csv.DictReader[str]]:
    """The rows of a UTF-8 CSV file by `column_named`; its columns are divided by commas, semicolons or tabs.

    Raises:
        DataError: the file cannot be opened, is not UTF-8, or is not a CSV table.
    """
    csv.field_size_limit(sys.maxsize)
    try:
        with path.open("rb") as start:
            wide = start.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # as spreadsheets save "Unicode text"
        with path.open(newline="", encoding="utf-16" if wide else "utf-8-sig") as file:
            header = file.readline()
            delimiter = max(",;\t", key=header.count)
            names = next(csv.reader([header], delimiter=delimiter, skipinitialspace=True), [])
            yield csv.DictReader(file, columns_named(names), delimiter=delimiter, skipinitialspace=True)
    except UnicodeDecodeError as exc:
        raise DataError(f"{path.name} is not UTF-8 text: save it as CSV in UTF-8") from exc
    except csv.Error as exc:
        raise DataError(f"{path.name} is no CSV table ({exc}): save it as CSV in UTF-8") from exc
    except OSError as exc:
        raise DataError(f"cannot read {path}: {exc.strerror}") from exc
