"""Writes scenes as a Parquet table, one row for each face in each frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DependencyMissing, InputError, OutputError
from emoar.files import PartialFile, output_errors
from emoar.labels import DEFAULT_HEADS
from emoar.media.scene_table import Column, columns_for, empty_row, scene_to_rows
from emoar.scene_json import SCHEMA
from emoar.types import Scene

__all__ = ["ParquetSink", "load_pyarrow", "open_sink", "table_schema"]

_ROWS_PER_GROUP: Final = 1000  # some 4 MB in memory, half a minute of one face


class ParquetSink:
    """Writes the columns of `scene_table.columns_for`. The file exists only when it is finished.

    A frame without a face has one row, in which the columns of a face are null, so that the table has every frame.
    After an interruption the file is finished with the rows so far; only a file that cannot be finished is removed.

    Args:
        path: the file.
        label_sets: the probabilities that get a column; `Pipeline.label_sets` for a user's own model.
        measures: whether there are columns for measures.
        valence: whether there are columns for the valence.

    Attributes:
        row_count: rows in the file so far.
        kept: the file and its number of rows, after `close`; None: there is no file.

    Raises:
        DependencyMissing: pyarrow is not installed.
        OutputError: the place cannot be written.
    """

    needs_picture = False

    def __init__(
        self,
        path: str | Path,
        label_sets: Mapping[str, Sequence[str]] = DEFAULT_HEADS,
        *,
        measures: bool = False,
        valence: bool = False,
    ) -> None:
        self._arrow, self._parquet = load_pyarrow()
        self._schema = table_schema(columns_for(label_sets, measures=measures, valence=valence))
        self._columns = frozenset(self._schema.names)
        self._file: PartialFile | None = PartialFile(path)
        self._rows: list[dict[str, Any]] = []
        self._whole = True  # every row so far was written
        self.row_count = 0
        self.kept: str | None = None
        try:
            with output_errors(path):
                self._writer = self._parquet.ParquetWriter(self._file.temporary, self._schema, compression="zstd")
        except BaseException:
            self._file.discard()
            raise

    def write(self, scene: Scene, picture: NDArray[np.uint8] | None = None) -> None:
        """Adds the rows of one scene.

        Raises:
            InputError: an expression has a label without a column in this table.
            OutputError: the rows cannot be written, or the sink is closed.
        """
        rows = scene_to_rows(scene) or [empty_row(scene)]
        for row in rows:
            unknown = row.keys() - self._columns
            if unknown:
                raise InputError(
                    f"the table has no column {min(unknown)}: give ParquetSink the label_sets of the pipeline, and "
                    "whether it has measures and valence"
                )
        self._rows += rows
        if len(self._rows) >= _ROWS_PER_GROUP:
            self._flush()

    def add_metadata(self, entries: Mapping[str, str]) -> None:
        """Adds entries to the metadata of the file, before `close`."""
        self._writer.add_key_value_metadata(dict(entries))

    def close(self, *, complete: bool = True) -> str | None:
        """Writes the remaining rows and renames the file to its final name.

        Raises:
            OutputError: the file cannot be finished.
        """
        if self._file is None:
            return self.kept
        file = self._file
        try:
            if self._whole:
                self._flush()
                with output_errors(file.path):
                    self._writer.close()
                if self.row_count:
                    file.commit()
                    self.kept = f"{file.path} ({self.row_count} rows)"
        finally:
            self._file = None
            with suppress(Exception):  # it is closed already, or its error has been reported
                self._writer.close()
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
        if not self._whole:
            raise OutputError(f"cannot write {self._file.path}: earlier rows of it could not be written")
        self._whole = False
        with output_errors(self._file.path):
            self._writer.write_table(self._arrow.Table.from_pylist(self._rows, schema=self._schema))
        self._whole = True
        self.row_count += len(self._rows)
        self._rows = []


def open_sink(
    path: str | Path, *, landmarks: bool, label_sets: Mapping[str, Sequence[str]], measures: bool, valence: bool
) -> ParquetSink:
    """The sink for a row of `formats.SCENE_FORMATS`; `landmarks` is not used, since a table has none.

    Raises:
        DependencyMissing: pyarrow is not installed.
        OutputError: the place cannot be written.
    """
    return ParquetSink(path, label_sets, measures=measures, valence=valence)


def table_schema(columns: Sequence[Column]) -> Any:
    """Columns with their types, as a schema of pyarrow; its metadata names the JSON schema of the fields.

    Raises:
        DependencyMissing: pyarrow is not installed.
    """
    arrow, _ = load_pyarrow()
    text = arrow.string()
    kinds = {
        "text": text,
        "texts": arrow.list_(text),
        "integer": arrow.int32(),
        "real": arrow.float32(),
        "time": arrow.float64(),
        "flag": arrow.bool_(),
    }
    fields = [(column.name, kinds[column.kind]) for column in columns]
    return arrow.schema(fields, metadata={"emoar.schema": SCHEMA})


def load_pyarrow() -> tuple[Any, Any]:
    """The modules `pyarrow` and `pyarrow.parquet`.

    Raises:
        DependencyMissing: pyarrow is not installed.
    """
    try:
        arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as exc:
        raise DependencyMissing("Parquet needs pyarrow: pip install 'emoar[data]', or write .jsonl") from exc
    return arrow, parquet
