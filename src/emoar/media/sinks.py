"""Sinks for results: drawn scenes as picture files, and scenes as files of any format in `formats.SCENE_FORMATS`."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.arrays import check_array
from emoar.errors import OutputError
from emoar.files import PartialFile, output_errors
from emoar.labels import DEFAULT_HEADS
from emoar.media.base import Sink
from emoar.media.formats import SCENE_FORMATS, scene_format
from emoar.media.images import quiet_opencv
from emoar.types import Scene

__all__ = ["ImageSink", "open_scene_sink", "write_image"]

_JPEG_QUALITY: Final = 92
_WRITABLE: Final = (".jpg", ".jpeg", ".png", ".webp")


def open_scene_sink(
    path: str | Path,
    *,
    landmarks: bool = False,
    label_sets: Mapping[str, Sequence[str]] = DEFAULT_HEADS,
    measures: bool = False,
    valence: bool = False,
) -> Sink:
    """The sink for a file name, by its suffix (`formats.SCENE_FORMATS`).

    `-` is JSON Lines on stdout; a device or pipe also gets JSON Lines. A table has a column for each label of
    `label_sets` (`Pipeline.label_sets`), and of the measures and the valence where the pipeline has them.

    Raises:
        OutputError: the suffix is unknown, or the place cannot be written.
        DependencyMissing: the format is Parquet, and pyarrow is not installed.
    """
    is_device = os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path)
    chosen = SCENE_FORMATS[0] if str(path) == "-" or is_device else scene_format(Path(path).suffix)
    if chosen is None:
        suffixes = " or ".join(row.suffixes[0] for row in SCENE_FORMATS)
        raise OutputError(f"cannot write {path}: scenes go to a {suffixes} file, or to - for stdout")
    return import_module(chosen.module).open_sink(
        path, landmarks=landmarks, label_sets=label_sets, measures=measures, valence=valence
    )


class ImageSink:
    """Writes the drawn picture of a scene as JPEG, PNG or WebP, by the suffix. The file exists only when complete.

    Raises:
        OutputError: the suffix is unknown, or the place cannot be written.
    """

    needs_picture = True

    def __init__(self, path: str | Path) -> None:
        _check_suffix(Path(path))
        self._file = PartialFile(path)
        self._written = False

    def write(self, scene: Scene, picture: NDArray[np.uint8] | None) -> None:
        """Replaces the content of the file; without a drawn picture it is that of the frame.

        Raises:
            OutputError: the file cannot be written, or the picture is too large for its format.
        """
        self._written = False
        content = _encoded(scene.frame.image if picture is None else picture, self._file.path)
        with output_errors(self._file.path):
            self._file.temporary.write_bytes(content)
        self._written = True

    def close(self, *, complete: bool = True) -> str | None:
        """Renames the temporary file to its final name; discards it where nothing was written.

        Raises:
            OutputError: the file cannot be renamed.
        """
        return self._file.finish(written=self._written)


def write_image(path: str | Path, image: NDArray[np.uint8]) -> None:
    """Writes an (H, W, 3) RGB picture as JPEG, PNG or WebP, by its suffix.

    Raises:
        OutputError: the suffix is unknown, or the place cannot be written; an older file of that name stays.
        InputError: the image has another shape or type.
    """
    _check_suffix(Path(path))
    file = PartialFile(path)
    try:
        with output_errors(path):
            file.temporary.write_bytes(_encoded(image, Path(path)))
    except BaseException:
        file.discard()
        raise
    file.commit()


def _check_suffix(path: Path) -> None:
    if path.suffix.lower() not in _WRITABLE:
        raise OutputError(f"cannot write {path}: name a picture that ends in {', '.join(_WRITABLE)}")


def _encoded(image: NDArray[np.uint8], path: Path) -> bytes:
    import cv2

    check_array("image", image, (None, None, 3), np.uint8)
    options = [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY] if path.suffix.lower() in (".jpg", ".jpeg") else []
    with quiet_opencv():
        good, encoded = cv2.imencode(path.suffix.lower(), cv2.cvtColor(image, cv2.COLOR_RGB2BGR), options)
    if not good:  # JPEG and WebP limit the size
        raise OutputError(f"cannot write {path}: too large a picture, {image.shape[1]} x {image.shape[0]}; try .png")
    return encoded.tobytes()
