"""Parts: the table of one video in one file, whose metadata name its video, its options and its state.

A part gets its name when it is whole and on the disk, in one step. It is the only record that its video is finished.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from emoar.errors import OutputError
from emoar.files import output_errors
from emoar.media.parquet_sink import ParquetSink, load_pyarrow, table_schema
from emoar.media.scene_table import columns_for
from emoar.types import Scene

__all__ = ["DONE", "FAILED", "INCOMPLETE", "PartInfo", "PartWriter", "is_leftover", "read_part", "write_failed_part"]

DONE, INCOMPLETE, FAILED = "done", "incomplete", "failed"
_KEY: Final = b"emoar.archive"  # of the metadata
_LEFTOVER: Final = ".tmp"


@dataclass(frozen=True)
class PartInfo:
    """One video of the results: a row of the manifest."""

    source: str  # its name in the tables
    path: str  # absolute, where it was read
    state: str  # `done`; `incomplete`: analysed up to where it can be read; `failed`: no rows
    error: str | None = None  # why it is incomplete or failed
    size_bytes: int = -1  # -1: there is no such file
    modified_ns: int = -1  # since 1970
    content_sha256: str | None = None  # None: it cannot be read
    model_sha256: str = ""
    options_sha256: str = ""
    version: str = ""  # of EmoAR
    video_s: float = 0.0  # length that was analysed
    width_px: int = 0
    height_px: int = 0
    frames: int = 0  # that were analysed
    frames_with_face: int = 0
    faces: int = 0  # tracks
    labels: dict[str, int] = field(default_factory=dict[str, int])  # usable rows by label
    seconds: float = 0.0  # of work
    finished: str = ""  # RFC 3339, UTC
    host: str = ""


class PartWriter:
    """Writes the rows of one video; without `finish` nothing is left.

    Args:
        path: the part.
        label_sets: the probabilities that get a column (`Pipeline.label_sets`).

    Raises:
        OutputError: the place cannot be written.
        DependencyMissing: pyarrow is not installed.
    """

    def __init__(self, path: Path, label_sets: Mapping[str, Sequence[str]]) -> None:
        self._path, self._temporary = path, _temporary(path)
        with self._named():
            self._sink = ParquetSink(self._temporary, label_sets)

    def write(self, scene: Scene) -> None:
        """Adds the rows of a scene.

        Raises:
            OutputError: they cannot be written.
        """
        with self._named():
            self._sink.write(scene)

    def finish(self, info: PartInfo) -> None:
        """Puts the part into its place, on the disk.

        Raises:
            OutputError: that is not possible.
        """
        self._sink.add_metadata({_KEY.decode(): msgspec.json.encode(info).decode()})
        with self._named():
            self._sink.close()
        _commit(self._temporary, self._path)

    def discard(self) -> None:
        """Removes what was written, unless it was finished."""
        with suppress(Exception):  # it is closed, or cannot be: it is removed anyway
            self._sink.close(complete=False)
        _remove(self._temporary)

    @contextmanager
    def _named(self) -> Generator[None]:
        """Errors name the part, not its temporary file."""
        try:
            yield
        except OutputError as exc:
            raise OutputError(str(exc).replace(str(self._temporary), str(self._path))) from exc


def write_failed_part(path: Path, info: PartInfo, label_sets: Mapping[str, Sequence[str]]) -> None:
    """Writes a part without rows.

    Raises:
        OutputError: it cannot be written.
    """
    _, parquet = load_pyarrow()
    schema = table_schema(columns_for(label_sets))
    schema = schema.with_metadata({**schema.metadata, _KEY: msgspec.json.encode(info)})
    temporary = _temporary(path)
    try:
        with output_errors(path):
            parquet.write_table(schema.empty_table(), temporary)
        _commit(temporary, path)
    finally:
        _remove(temporary)


def read_part(path: Path) -> PartInfo | None:
    """What a part tells about itself; None if it is not a whole part."""
    arrow, parquet = load_pyarrow()
    try:
        metadata: Any = parquet.read_metadata(path).metadata
        return msgspec.json.decode(metadata[_KEY], type=PartInfo) if metadata else None
    except (arrow.ArrowException, OSError, KeyError, msgspec.MsgspecError):
        return None


def is_leftover(path: Path) -> bool:
    """Whether a file was begun by a process that was killed."""
    return path.name.endswith((_LEFTOVER, f"{_LEFTOVER}.part"))


def _temporary(path: Path) -> Path:
    return path.with_name(f"{path.name}.{os.getpid()}-{os.urandom(6).hex()}{_LEFTOVER}")


def _remove(temporary: Path) -> None:
    with suppress(OSError):  # it is not there, or its folder is not
        temporary.unlink()


def _commit(temporary: Path, path: Path) -> None:
    """Renames a file once its content is on the disk; the name is on the disk, too, when this returns."""
    with output_errors(path):
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(temporary, path)
        if os.name == "posix":
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
