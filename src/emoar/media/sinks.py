"""Scenes out as JSON, drawn scenes out as pictures."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from emoar.errors import OutputError
from emoar.files import PartialFile, output_errors
from emoar.labels import DEFAULT_HEADS
from emoar.media.base import Sink
from emoar.media.images import quiet_opencv
from emoar.media.scene_json import scene_to_dict
from emoar.types import Scene, check_array

__all__ = ["ImageSink", "JsonSink", "JsonlSink", "open_scene_sink", "write_image"]

_JPEG_QUALITY: Final = 92
_WRITABLE: Final = (".jpg", ".jpeg", ".png", ".webp")


def open_scene_sink(
    path: str | Path, *, landmarks: bool = False, label_sets: Mapping[str, Sequence[str]] = DEFAULT_HEADS
) -> Sink:
    """The sink for a name: `-` is JSON Lines on stdout, a device or pipe gets them too, else `.jsonl` or `.parquet`.

    A table has a column for each label of `label_sets` (`Pipeline.label_sets`).

    Raises:
        OutputError: the suffix is unknown or the place cannot be written.
        DependencyMissing: Parquet without pyarrow.
    """
    suffix = Path(path).suffix.lower()
    is_device = Path(path).exists() and not Path(path).is_file() and not Path(path).is_dir()
    if str(path) == "-" or is_device or suffix in (".jsonl", ".ndjson"):
        return JsonlSink(path, landmarks=landmarks)
    if suffix == ".parquet":
        from emoar.media.parquet_sink import ParquetSink

        return ParquetSink(path, label_sets)
    raise OutputError(f"cannot write {path}: scenes go to a .jsonl or .parquet file, or to - for stdout")


class JsonlSink:
    """One line of JSON a scene, each flushed as soon as it is written, so that others can follow.

    The file has its own name from the start and is kept, whatever ends the work: every line stands for itself.
    """

    needs_picture = False

    def __init__(self, path: str | Path, *, landmarks: bool = False) -> None:
        self.path = str(path)
        self._landmarks = landmarks
        self._own = self.path != "-"
        self._file: IO[Any] | None = _opened(Path(path)) if self._own else sys.stdout
        self._good_bytes = 0
        self.scene_count = 0

    def write(self, scene: Scene, picture: NDArray[np.uint8] | None = None) -> None:
        """Writes one line."""
        if self._file is None:
            raise OutputError(f"{self.path} is closed")
        line = json.dumps(scene_to_dict(scene, landmarks=self._landmarks), separators=(",", ":"), allow_nan=False)
        with output_errors(self.path):
            if self._own:
                _write_all(self._file, line.encode() + b"\n")
            else:
                print(line, file=self._file, flush=True)
        self._good_bytes += len(line) + 1
        self.scene_count += 1

    def close(self, *, complete: bool = True) -> str | None:
        """Cuts off a line that a full disk has left half written."""
        file, self._file = self._file, None
        if file is not None and self._own:
            with output_errors(self.path):
                try:
                    if file.seekable() and os.fstat(file.fileno()).st_size > self._good_bytes:
                        os.ftruncate(file.fileno(), self._good_bytes)
                finally:
                    file.close()
                if not complete and not self._good_bytes and Path(self.path).is_file():
                    Path(self.path).unlink()  # nothing came of it
        return f"{self.path} ({self.scene_count} scenes)" if self._own and self.scene_count else None

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
        text = json.dumps(scene_to_dict(scene, landmarks=self._landmarks), indent=2, allow_nan=False)
        self._written = False
        with output_errors(self._file.path):
            self._file.temporary.write_text(text + "\n", "utf-8")
        self._written = True

    def close(self, *, complete: bool = True) -> str | None:
        """Gives the file its name."""
        return _settle(self._file, self._written)


class ImageSink:
    """The drawn picture of a scene as a file; JPEG, PNG or WebP by its suffix. It exists only when it is complete."""

    needs_picture = True

    def __init__(self, path: str | Path) -> None:
        _check_suffix(Path(path))
        self._file = PartialFile(path)
        self._written = False

    def write(self, scene: Scene, picture: NDArray[np.uint8] | None) -> None:
        """Writes the file anew."""
        content = _encoded(scene.frame.image if picture is None else picture, self._file.path)
        self._written = False
        with output_errors(self._file.path):
            self._file.temporary.write_bytes(content)
        self._written = True

    def close(self, *, complete: bool = True) -> str | None:
        """Gives the file its name."""
        return _settle(self._file, self._written)


def write_image(path: str | Path, image: NDArray[np.uint8]) -> None:
    """Writes an (H, W, 3) RGB picture as JPEG, PNG or WebP, by its suffix.

    Raises:
        OutputError: another suffix, or the place cannot be written; nothing is left there.
    """
    _check_suffix(Path(path))
    file = PartialFile(path)
    try:
        with output_errors(path):
            file.temporary.write_bytes(_encoded(image, Path(path)))
    except OutputError:
        file.discard()
        raise
    file.commit()


def _settle(file: PartialFile, good: bool) -> str | None:
    if not good:
        file.discard()
        return None
    if file.is_device or file.temporary.exists():  # else closed before
        file.commit()
    return str(file.path)


def _opened(path: Path) -> IO[bytes]:
    if path.is_dir():
        raise OutputError(f"cannot write {path}: it is a folder; name a file in it")
    with output_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("wb", buffering=0)  # nothing is left over to be written when the disk is full


def _write_all(file: IO[Any], data: bytes) -> None:
    """A file without a buffer may take a part only."""
    while data:
        data = data[file.write(data) :]


def _check_suffix(path: Path) -> None:
    if path.suffix.lower() not in _WRITABLE:
        raise OutputError(f"cannot write {path}: name a picture that ends in {', '.join(_WRITABLE)}")


def _encoded(image: NDArray[np.uint8], path: Path) -> bytes:
    import cv2

    check_array("image", image, (None, None, 3), np.uint8)
    options = [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY] if path.suffix.lower() in (".jpg", ".jpeg") else []
    with quiet_opencv():
        good, encoded = cv2.imencode(path.suffix.lower(), cv2.cvtColor(image, cv2.COLOR_RGB2BGR), options)
    if not good:  # JPEG and WebP have a largest size
        raise OutputError(f"cannot write {path}: too large a picture, {image.shape[1]} x {image.shape[0]}; try .png")
    return encoded.tobytes()
