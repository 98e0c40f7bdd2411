"""HEIC, the pictures of iPhones, through `pillow-heif` (libheif), which the extra `heic` brings.

It is not among the libraries that EmoAR needs: its wheels carry an encoder under the GPL.
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
    """The main picture, upright: libheif turns and mirrors it as its container states; Exif is not used there.

    Args:
        data: the file.
        name: of the file, for messages.
        check: called with width and height before anything is decoded; raises when they are too large.
        threads: for decoding its tiles.

    Returns:
        (H, W) grey, (H, W, 3) BGR or (H, W, 4) BGRA, uint8 or uint16, as OpenCV would give it; and whether colours
        are multiplied by their alpha already.

    Raises:
        DependencyMissing: `pillow-heif` is not installed.
        MediaError: the file is damaged.
    """
    library = _library(name)
    with _options(library, threads):
        try:
            picture: Any = library.open_heif(data, convert_hdr_to_8bit=True, bgr_mode=True)
            check(*picture.size)
            pixels = np.asarray(picture)
        except (MediaError, MemoryError):
            raise
        except Exception as exc:  # the library's Python stumbles over what libheif lets pass: an IndexError, and more
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
    """Makes the library decode the main picture alone; its options are global, so they are put back.

    Everything else in the file is one more thing that can be damaged or hostile.
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
