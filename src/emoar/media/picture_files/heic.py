"""Decodes HEIC, the picture format of iPhones, with `pillow-heif` (libheif) from the extra `heic`.

The library is optional, because its wheels contain an encoder under the GPL.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emoar.errors import DependencyMissing, MediaError

__all__ = ["decode_heic"]


def decode_heic(
    data: bytes, name: str, check: Callable[[int, int], None], threads: int = 1
) -> tuple[NDArray[Any], bool]:
    """The main picture, upright: libheif rotates and mirrors it as the container states, and Exif is not used.

    Args:
        data: the file.
        name: of the file, for messages.
        check: called with width and height before anything is decoded; raises when they are too large.
        threads: for decoding the tiles.

    Returns:
        (H, W) grey, (H, W, 3) BGR or (H, W, 4) BGRA, uint8 or uint16, as OpenCV would return it; and whether the
        colours are premultiplied by their alpha.

    Raises:
        DependencyMissing: `pillow-heif` is not installed.
        MediaError: the file is damaged, or `check` refuses its size.
    """
    library = _library(name)
    with _options(library, threads):
        try:
            picture: Any = library.open_heif(data, convert_hdr_to_8bit=True, bgr_mode=True)
            check(*picture.size)
            pixels = np.asarray(picture)
        except (MediaError, MemoryError):
            raise
        except Exception as exc:  # IndexError and others, for damage that libheif itself does not detect
            raise MediaError(f"{name} is a damaged HEIC picture: fetch or copy it again") from exc
    if pixels.ndim == 3 and pixels.shape[2] == 2:  # grey with alpha
        pixels = pixels[:, :, [0, 0, 0, 1]]
    return pixels, str(picture.mode).endswith("a")


def _library(name: str) -> Any:
    try:
        return import_module("pillow_heif")
    except ImportError as exc:
        raise DependencyMissing(
            f"{name} is a HEIC picture, which needs pillow-heif: pip install 'emoar[heic]', or save it as JPEG"
        ) from exc


@contextmanager
def _options(library: Any, threads: int) -> Generator[None]:
    """Makes the library decode only the main picture; its options are global, so they are restored afterwards.

    Any other part of the file could be damaged or malicious, too.
    """
    wanted = {"DECODE_THREADS": threads, "THUMBNAILS": False, "DEPTH_IMAGES": False, "AUX_IMAGES": False}
    before = {name: getattr(library.options, name) for name in wanted if hasattr(library.options, name)}
    for name in before:
        setattr(library.options, name, wanted[name])
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(library.options, name, value)
