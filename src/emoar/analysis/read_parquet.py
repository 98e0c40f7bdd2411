"""Reads scenes from the Parquet table that `emoar video --scenes clip.parquet` writes."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emoar.analysis.recording import Recording
from emoar.analysis.scene_columns import column_array
from emoar.errors import DependencyMissing, InputError
from emoar.labels import DEFAULT_HEADS, LABEL_SETS
from emoar.media.scene_table import Column, columns_for
from emoar.scene_json import SCHEMA

__all__ = ["read_parquet"]


def read_parquet(path: Path) -> Recording:
    """A recording of a table with the columns of `media.scene_table`; the frames without a face are rows in it.

    Raises:
        DependencyMissing: pyarrow is not installed.
        InputError: it is damaged, of another version, holds several recordings, or is not such a table.
    """
    try:
        parquet = import_module("pyarrow.parquet")
    except ImportError as exc:
        raise DependencyMissing("Parquet needs pyarrow: pip install 'emoar[data]'") from exc
    try:
        table = parquet.read_table(path)
    except OSError:
        raise
    except Exception as exc:  # pyarrow's own errors
        raise InputError(f"{path.name} is a damaged Parquet file: {' '.join(str(exc).split())[:120]}") from exc
    metadata: dict[bytes, bytes] = table.schema.metadata or {}
    schema = metadata.get(b"emoar.schema", b"").decode()
    names = set(table.column_names)
    if schema != SCHEMA or not {"frame_index", "time_s", "track_id"} <= names:
        raise InputError(f"{path.name}: {schema!r}, and this version of EmoAR reads tables of {SCHEMA!r}")
    sets = _label_sets(table.column_names)
    columns = [column for column in columns_for(sets, measures=True) if column.name in names]
    columns += [Column("valence", "real", ())] if "valence" in names else []
    values = {column.name: table.column(column.name).to_pylist() for column in columns}
    if not values["time_s"]:
        raise InputError(f"{path.name} has no scenes")
    seen = [at for at, track_id in enumerate(values["track_id"]) if track_id is not None]
    faces = {column.name: column_array([values[column.name][at] for at in seen], column.kind) for column in columns}
    faces = {name: column for name, column in faces.items() if not (name.startswith("raw_") and _is_empty(column))}
    return Recording(
        name=path.stem,
        frames=_frames(path, values),
        faces=faces,
        label_sets=sets,
        source=str(values["source"][0] or ""),
    )


def _is_empty(column: NDArray[np.float64]) -> bool:
    return bool(len(column)) and bool(np.isnan(column).all())


def _frames(path: Path, values: Mapping[str, list[Any]]) -> dict[str, NDArray[Any]]:
    index, times = np.array(values["frame_index"], np.int64), np.array(values["time_s"], np.float64)
    if (np.diff(times) < 0).any() or len(set(values["source"])) > 1:
        raise InputError(f"{path.name} holds several recordings: give one recording a file")
    first = np.append(True, (np.diff(index) != 0) | (np.diff(times) != 0))
    return {"frame_index": index[first], "time_s": times[first]}


def _label_sets(names: list[str]) -> dict[str, tuple[str, ...]]:
    """The sets whose probabilities are columns after `since_s`, such as `ferplus_anger`, in their order."""
    columns = names[names.index("since_s") + 1 :] if "since_s" in names else []
    known = {**DEFAULT_HEADS, **{name: each.labels for name, each in LABEL_SETS.items()}}
    sets: dict[str, list[str]] = {}
    for column in columns:
        if column.startswith(("raw_", "measure_", "valence")):
            continue
        name = next((each for each in known if column.startswith(f"{each}_")), column.partition("_")[0])
        sets.setdefault(name, []).append(column[len(name) + 1 :])
    return {name: tuple(labels) for name, labels in sets.items()}
