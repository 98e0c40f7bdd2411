"""Scenes out as a Parquet table, one row for each face in each frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DependencyMissing, InputError, OutputError
from emoar.files import PartialFile, output_errors
from emoar.labels import DEFAULT_HEADS
from emoar.media.scene_json import SCHEMA, label_sets_in, scene_to_dict
from emoar.types import Scene

__all__ = ["ParquetSink", "scene_to_rows"]

_ROWS_PER_GROUP: Final = 5000  # some 2 MB in memory, three minutes of one face
_BOX: Final = ("left_px", "top_px", "right_px", "bottom_px")


class ParquetSink:
    """Writes rows as `scene_to_rows` gives them. The file exists only when it is finished.

    Work that was broken off is finished, too, with the rows so far; only a file that cannot be finished is removed.

    Args:
        path: the file.
        label_sets: which probabilities get a column; `Pipeline.label_sets` for a model of one's own.

    Raises:
        DependencyMissing: pyarrow is not installed.
    """

    needs_picture = False

    def __init__(self, path: str | Path, label_sets: Mapping[str, Sequence[str]] = DEFAULT_HEADS) -> None:
        self._arrow, self._parquet = _pyarrow()
        self._schema = _schema(self._arrow, label_sets)
        self._columns = frozenset(self._schema.names)
        self._file: PartialFile | None = PartialFile(path)
        self._rows: list[dict[str, Any]] = []
        self._broken = False
        self.row_count = 0
        self.kept: str | None = None
        try:
            with output_errors(path):
                self._writer = self._parquet.ParquetWriter(self._file.temporary, self._schema, compression="zstd")
        except OutputError:
            self._file.discard()
            raise

    def write(self, scene: Scene, picture: NDArray[np.uint8] | None = None) -> None:
        """Adds the rows of one scene.

        Raises:
            InputError: an expression has labels that are no columns of this table.
        """
        rows = scene_to_rows(scene)
        for row in rows:
            unknown = row.keys() - self._columns
            if unknown:
                raise InputError(
                    f"the table has no column {min(unknown)}: give ParquetSink the label_sets of the pipeline"
                )
        self._rows += rows
        if len(self._rows) >= _ROWS_PER_GROUP:
            self._flush()

    def close(self, *, complete: bool = True) -> str | None:
        """Writes what is left and gives the file its name."""
        if self._file is None:
            return self.kept
        file = self._file
        try:
            if not self._broken:
                self._flush()
                with output_errors(file.path):
                    self._writer.close()
                if self.row_count:
                    self.kept = f"{file.path} ({self.row_count} rows)"
                    file.commit()
        finally:
            self._file = None
            if self.kept is None:
                file.discard()
        return self.kept

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.close(complete=kind is None)

    def _flush(self) -> None:
        if self._file is None:
            raise OutputError("this table is closed")
        if not self._rows:
            return
        try:
            with output_errors(self._file.path):
                self._writer.write_table(self._arrow.Table.from_pylist(self._rows, schema=self._schema))
        except OutputError:
            self._broken = True
            raise
        self.row_count += len(self._rows)
        self._rows = []


def scene_to_rows(scene: Scene) -> list[dict[str, Any]]:
    """One flat row a face, with the names and units of the JSON document.

    A frame without a face has one row too, whose `track_id` and everything about a face is null, so that the table
    still says that the frame was looked at.
    """
    document = scene_to_dict(scene)
    frame = {name: document[name] for name in ("source", "frame_index", "time_s", "width_px", "height_px")}
    return [{**frame, **_face_columns(face)} for face in document["faces"]] or [frame]


def _face_columns(face: dict[str, Any]) -> dict[str, Any]:
    expression, quality, pose = face["expression"], face["quality"], face["pose"]
    return {
        "track_id": face["track_id"],
        **dict(zip(_BOX, face["box_xyxy_px"], strict=True)),
        "presence": face["presence"],
        **{name: pose[name] for name in ("yaw_deg", "pitch_deg", "roll_deg")},
        "usable": quality["usable"],
        "reasons": quality["reasons"],
        "eye_distance_px": quality["eye_distance_px"],
        "sharpness": quality["sharpness"],
        "label_set": expression["label_set"],
        "label": expression["label"],
        "confidence": expression["confidence"],
        "since_s": expression["since_s"],
        **{
            f"{label_set}_{label}": p
            for label_set, probabilities in label_sets_in(expression).items()
            for label, p in probabilities.items()
        },
    }


def _schema(arrow: Any, label_sets: Mapping[str, Sequence[str]]) -> Any:
    """Columns and types; the metadata names the JSON schema that the fields come from."""
    text, whole, real = arrow.string(), arrow.int32(), arrow.float32()
    columns: dict[str, Any] = {
        "source": text,
        "frame_index": whole,
        "time_s": arrow.float64(),
        "width_px": whole,
        "height_px": whole,
        "track_id": whole,
        **dict.fromkeys(_BOX, real),
        **dict.fromkeys(("presence", "yaw_deg", "pitch_deg", "roll_deg"), real),
        "usable": arrow.bool_(),
        "reasons": arrow.list_(text),
        **dict.fromkeys(("eye_distance_px", "sharpness"), real),
        "label_set": text,
        "label": text,
        "confidence": real,
        "since_s": arrow.float64(),
        **{f"{name}_{label}": real for name, labels in label_sets.items() for label in labels},
    }
    return arrow.schema(list(columns.items()), metadata={"emoar.schema": SCHEMA})


def _pyarrow() -> tuple[Any, Any]:
    try:
        arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as exc:
        raise DependencyMissing("Parquet needs pyarrow: pip install 'emoar[data]', or write .jsonl") from exc
    return arrow, parquet
