"""Tidy and wide tables: CSV and Parquet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from emoar.analysis.recording import Recording
from emoar.errors import DependencyMissing
from emoar.exports.base import ExportOptions
from emoar.files import PartialFile, atomic_write, output_errors

__all__ = ["cell", "csv_bytes", "rows_by_frame", "write_csv", "write_parquet", "write_wide"]

_OF_FRAME: Final = ("source", "frame_index", "time_s", "width_px", "height_px")
_NOT_FLAT: Final = "landmarks_px"


def write_csv(recording: Recording, path: Path, options: ExportOptions) -> list[Path]:
    """One row for each face in each frame; a frame without a face has one row with empty cells.

    Raises:
        OutputError: the file cannot be written.
    """
    del options
    names, rows = _tidy(recording)
    atomic_write(path, csv_bytes([names, *([cell(row.get(name)) for name in names] for row in rows)]))
    return [path]


def write_wide(recording: Recording, path: Path, options: ExportOptions) -> list[Path]:
    """One row for each frame; the columns of a face begin with its name, such as `face_1_label`.

    Raises:
        OutputError: the file cannot be written.
    """
    del options
    names = [name for name in recording.faces if name not in (*_OF_FRAME, "track_id", _NOT_FLAT)]
    tracks = sorted(set(recording.faces["track_id"].tolist()))
    titles = ["frame_index", "time_s", *(f"face_{track}_{name}" for track in tracks for name in names)]
    places = {
        key: row
        for row, key in enumerate(
            zip(recording.faces["frame_index"].tolist(), recording.faces["track_id"].tolist(), strict=True)
        )
    }
    empty = [""] * len(names)
    rows: list[Sequence[str]] = [titles]
    for index, time_s in _frames(recording):
        found = (places.get((index, track)) for track in tracks)
        cells = (empty if row is None else _cells(recording.faces, names, row) for row in found)
        rows.append([str(index), cell(time_s), *(value for part in cells for value in part)])
    atomic_write(path, csv_bytes(rows))
    return [path]


def write_parquet(recording: Recording, path: Path, options: ExportOptions) -> list[Path]:
    """The rows of `write_csv` as a Parquet file, with types.

    Raises:
        DependencyMissing: pyarrow is not installed.
        OutputError: the file cannot be written.
    """
    del options
    try:
        arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as exc:
        raise DependencyMissing("Parquet needs pyarrow: pip install 'emoar[data]'") from exc
    names, rows = _tidy(recording)
    columns = {name: [_plain(row.get(name)) for row in rows] for name in names}
    types = {name: _arrow_type(arrow, recording, name) for name in names}
    table = arrow.table({name: arrow.array(values, types[name]) for name, values in columns.items()})
    file = PartialFile(path)
    try:
        with output_errors(path):
            parquet.write_table(table, file.temporary, compression="zstd")
    except BaseException:
        file.discard()
        raise
    file.commit()
    return [path]


def csv_bytes(rows: Iterable[Iterable[str]], *, separator: str = ",", line_end: str = "\n") -> bytes:
    """Rows of text as UTF-8, quoted where it is needed."""
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator=line_end).writerows(rows)
    return text.getvalue().encode()


def cell(value: object) -> str:
    """A value as text: empty where there is none, texts joined by semicolons, numbers as short as they stay exact."""
    value = _plain(value)
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ";".join(map(str, cast("tuple[str, ...]", value)))
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.7g}" if isinstance(value, float) else str(value)


def _plain(value: object) -> object:
    """A value of a column as a plain Python one; None where there is none."""
    plain = cast("object", value.item()) if isinstance(value, np.generic) else value
    return None if isinstance(plain, float) and not np.isfinite(plain) else plain


def _frames(recording: Recording) -> Iterable[tuple[int, float]]:
    return zip(recording.frames["frame_index"].tolist(), recording.frames["time_s"].tolist(), strict=True)


def rows_by_frame(recording: Recording) -> Iterator[tuple[int, float, list[int]]]:
    """Index and time of each frame, and the rows of its faces in `recording.faces`; none where there is no face."""
    rows: dict[int, list[int]] = {}
    for row, index in enumerate(recording.faces["frame_index"].tolist()):
        rows.setdefault(index, []).append(row)
    for index, time_s in _frames(recording):
        yield index, time_s, rows.get(index, [])


def _cells(faces: Mapping[str, NDArray[Any]], names: Sequence[str], row: int) -> list[str]:
    return [cell(faces[name][row]) for name in names]


def _tidy(recording: Recording) -> tuple[list[str], list[dict[str, Any]]]:
    """The names of the columns, and a row for each face in each frame, in the order of time."""
    faces = {name: values for name, values in recording.faces.items() if name != _NOT_FLAT}
    names, persons = list(faces), recording.persons
    if persons:
        names.insert(names.index("track_id") + 1, "person")
    if recording.markers:
        names.append("marker")
    rows: list[dict[str, Any]] = []
    waiting = list(recording.markers)
    for index, time_s, places in rows_by_frame(recording):
        found = [{name: values[row] for name, values in faces.items()} for row in places]
        for row in found:
            row["person"] = persons.get(int(row["track_id"]), f"face {row['track_id']}")
        found = found or [{"source": recording.source, "frame_index": index, "time_s": time_s}]
        while waiting and waiting[0].time_s <= time_s + 1e-9:
            found[0]["marker"] = "; ".join(filter(None, (found[0].get("marker"), waiting.pop(0).name)))
        rows += found
    return names, rows


def _arrow_type(arrow: Any, recording: Recording, name: str) -> Any:
    if name not in recording.faces:
        return arrow.string()
    kind = recording.faces[name].dtype.kind
    if kind == "O":
        return arrow.list_(arrow.string())
    return {"i": arrow.int64(), "b": arrow.bool_(), "f": arrow.float64()}.get(kind, arrow.string())
