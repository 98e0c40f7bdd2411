"""Scenes as JSON: one file of one scene, or a line for each scene."""

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


def open_sink(path: str | Path, *, landmarks: bool, label_sets: Mapping[str, Sequence[str]]) -> JsonlSink:
    """The sink of a row of `formats.SCENE_FORMATS`; a line holds whatever labels the scene has."""
    return JsonlSink(path, landmarks=landmarks)


class JsonlSink:
    """One line of JSON a scene, each flushed as soon as it is written, so that others can follow.

    The file has its final name from the start and is kept after an interruption: every line is complete by itself.
    """

    needs_picture = False

    def __init__(self, path: str | Path, *, landmarks: bool = False) -> None:
        self.path = str(path)
        self._landmarks = landmarks
        self._is_file = self.path != "-"
        self._file: IO[Any] | None = _opened(Path(path)) if self._is_file else sys.stdout
        self._good_bytes = 0
        self.scene_count = 0

    def write(self, scene: Scene, picture: NDArray[np.uint8] | None = None) -> None:
        """Writes one line.

        Raises:
            OutputError: the file is closed or cannot be written.
        """
        if self._file is None:
            raise OutputError(f"{self.path} is closed")
        line = json.dumps(scene.to_dict(landmarks=self._landmarks), separators=(",", ":"), allow_nan=False)
        with output_errors(self.path):
            if self._is_file:
                _write_all(self._file, line.encode() + b"\n")
            else:
                print(line, file=self._file, flush=True)
        self._good_bytes += len(line) + 1
        self.scene_count += 1

    def close(self, *, complete: bool = True) -> str | None:
        """Closes the file; cuts off a line that a full disk has left half written."""
        file, self._file = self._file, None
        if file is not None and self._is_file:
            with output_errors(self.path):
                try:
                    if file.seekable() and os.fstat(file.fileno()).st_size > self._good_bytes:
                        os.ftruncate(file.fileno(), self._good_bytes)
                finally:
                    file.close()
                if not complete and not self._good_bytes and Path(self.path).is_file():
                    Path(self.path).unlink()  # it is empty
        return f"{self.path} ({self.scene_count} scenes)" if self._is_file and self.scene_count else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.close(complete=kind is None)


class JsonSink:
    """One scene as one indented JSON file. It exists only when it is complete."""

    needs_picture = False

    def __init__(self, path: str | Path, *, landmarks: bool = False) -> None:
        self._file = PartialFile(path)
        self._landmarks = landmarks
        self._written = False

    def write(self, scene: Scene, picture: NDArray[np.uint8] | None = None) -> None:
        """Writes the file anew."""
        text = json.dumps(scene.to_dict(landmarks=self._landmarks), indent=2, allow_nan=False)
        self._written = False
        with output_errors(self._file.path):
            self._file.temporary.write_text(text + "\n", "utf-8")
        self._written = True

    def close(self, *, complete: bool = True) -> str | None:
        """Gives the file its name."""
        return self._file.finish(written=self._written)


def _opened(path: Path) -> IO[bytes]:
    if path.is_dir():
        raise OutputError(f"cannot write {path}: it is a folder; name a file in it")
    with output_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("wb", buffering=0)  # nothing is left in a buffer when the disk is full


def _write_all(file: IO[Any], data: bytes) -> None:
    """Writes until all is written: a file without a buffer may take a part only."""
    while data:
        data = data[file.write(data) :]
