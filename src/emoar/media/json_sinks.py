"""Writes scenes as JSON: one file for one scene, or one line for each scene."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import numpy as np
from numpy.typing import NDArray

from emoar.errors import OutputError
from emoar.files import PartialFile, output_errors
from emoar.types import Scene

__all__ = ["JsonSink", "JsonlSink", "open_sink"]


def open_sink(
    path: str | Path, *, landmarks: bool, label_sets: Mapping[str, Sequence[str]], measures: bool, valence: bool
) -> JsonlSink:
    """The sink for a row of `formats.SCENE_FORMATS`; only `landmarks` is used: a line has all else of a scene.

    Raises:
        OutputError: the place cannot be written.
    """
    return JsonlSink(path, landmarks=landmarks)


class JsonlSink:
    """Writes one line of JSON for each scene, without a buffer, so that other programs can read along; `-` is stdout.

    The file has its final name from its first line on and is kept after an interruption: every line is complete by
    itself. Until then an older file of that name stays.

    Raises:
        OutputError: the place cannot be written.
    """

    needs_picture = False

    def __init__(self, path: str | Path, *, landmarks: bool = False) -> None:
        self.path = str(path)
        self._landmarks = landmarks
        self._partial = PartialFile(path) if self.path != "-" else None
        self._file: IO[Any] | None = sys.stdout
        if self._partial is not None:
            with output_errors(path):
                self._file = self._partial.temporary.open("wb", buffering=0)  # a full disk leaves nothing in a buffer
        self._good_bytes = 0
        self.scene_count = 0

    def write(self, scene: Scene, picture: NDArray[np.uint8] | None = None) -> None:
        """Writes one line.

        Raises:
            OutputError: the sink is closed, or the file cannot be written.
        """
        if self._file is None:
            raise OutputError(f"{self.path} is closed")
        line = json.dumps(scene.to_dict(landmarks=self._landmarks), separators=(",", ":"), allow_nan=False)
        with output_errors(self.path):
            if self._partial is None:
                print(line, file=self._file, flush=True)
            else:
                _write_all(self._file, line.encode() + b"\n")
        if self._partial is not None and not self.scene_count:
            self._partial.commit()
        self._good_bytes += len(line) + 1
        self.scene_count += 1

    def close(self, *, complete: bool = True) -> str | None:
        """Closes the file; removes a last line that a full disk has left incomplete.

        Raises:
            OutputError: the file cannot be closed.
        """
        file, self._file = self._file, None
        if file is not None and self._partial is not None:
            with output_errors(self.path):
                try:
                    if file.seekable() and os.fstat(file.fileno()).st_size > self._good_bytes:
                        os.ftruncate(file.fileno(), self._good_bytes)
                finally:
                    file.close()
            if not self.scene_count:
                self._partial.finish(written=complete)
        return f"{self.path} ({self.scene_count} scenes)" if self._partial is not None and self.scene_count else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.close(complete=kind is None)


class JsonSink:
    """Writes one scene as an indented JSON file, which exists only when it is complete.

    Raises:
        OutputError: the place cannot be written.
    """

    needs_picture = False

    def __init__(self, path: str | Path, *, landmarks: bool = False) -> None:
        self._file = PartialFile(path)
        self._landmarks = landmarks
        self._written = False

    def write(self, scene: Scene, picture: NDArray[np.uint8] | None = None) -> None:
        """Replaces the content of the file.

        Raises:
            OutputError: the file cannot be written.
        """
        self._written = False
        text = json.dumps(scene.to_dict(landmarks=self._landmarks), indent=2, allow_nan=False)
        with output_errors(self._file.path):
            self._file.temporary.write_text(text + "\n", "utf-8")
        self._written = True

    def close(self, *, complete: bool = True) -> str | None:
        """Renames the temporary file to its final name; discards it where nothing was written.

        Raises:
            OutputError: the file cannot be renamed.
        """
        return self._file.finish(written=self._written)


def _write_all(file: IO[Any], data: bytes) -> None:
    """Writes all bytes: one call of an unbuffered file may write only a part."""
    while data:
        data = data[file.write(data) :]
