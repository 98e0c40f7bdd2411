"""Decodes picture files of all formats to upright RGB uint8 arrays."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import MediaError, MediaWarning
from emoar.media.picture_files.headers import ImageHeader, is_cut_short, read_header
from emoar.media.picture_files.heic import decode_heic
from emoar.media.picture_files.jpeg import count_scans
from emoar.media.picture_files.missing_end import with_end
from emoar.types import Frame

__all__ = ["IMAGE_SUFFIXES", "MAX_PIXELS", "check_size", "decode_image", "is_image_file", "quiet_opencv", "read_image"]

MAX_PIXELS: Final = 100_000_000  # larger than any camera's picture; 300 MB as RGB
_MOST_SCANS: Final = 100  # of a progressive JPEG; encoders write 3 to 20
_MOST_SCANNED_PIXELS: Final = 2_000_000_000  # a decoder goes over all pixels in each scan: about a second
_BAND_PIXELS: Final = 1 << 18  # rows of so many pixels are converted together
MAX_BYTES: Final = 1 << 30  # no file with that many pixels of 8 bits is larger
_JPEG_SUFFIXES: Final = (".jpg", ".jpeg", ".jfif", ".jpe", ".jif")
_OTHER_SUFFIXES: Final = (".png", ".webp", ".bmp", ".dib", ".tif", ".tiff", ".gif", ".avif", ".heic", ".heif", ".hif")
IMAGE_SUFFIXES: Final = (*_JPEG_SUFFIXES, *_OTHER_SUFFIXES)
HEADER_BYTES: Final = 1 << 16  # enough to tell a picture from another file
_FORMATS: Final = "PNG, JPEG, WebP, BMP, TIFF, GIF, AVIF or HEIC"


def is_image_file(path: Path) -> bool:
    """Whether a file of a folder is a picture, by its name, or else by its content; hidden files are none."""
    if path.name.startswith("."):
        return False
    return path.suffix.lower() in IMAGE_SUFFIXES or (path.is_file() and _format_of(path) not in (None, "tiff"))


def _format_of(path: Path) -> str | None:
    """The format of a picture file, by its content; None for another file or one that cannot be read.

    Cameras' raw files are TIFF by their content.
    """
    try:
        with path.open("rb") as file:
            header = read_header(file.read(HEADER_BYTES))
    except OSError:
        return None
    return header.format if header else None


def read_image(path: str | Path, *, index: int = 0, time_s: float = 0.0, max_pixels: int = MAX_PIXELS) -> Frame:
    """Reads a picture file; of an animation, the first picture.

    Raises:
        MediaError: the file is missing, empty, cut short, too large, or not a picture.
        DependencyMissing: it is HEIC, and the extra `heic` is not installed.
    """
    path = Path(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise MediaError(f"{path} is larger than {MAX_BYTES >> 20} MB: no picture; use `emoar video` for videos")
        data = path.read_bytes()
    except OSError as exc:
        raise MediaError(f"cannot read {path}: {exc.strerror}") from exc
    return Frame(decode_image(data, str(path), max_pixels=max_pixels), time_s, index, path.name)


def decode_image(
    data: bytes, name: str = "picture", *, max_pixels: int = MAX_PIXELS, header: ImageHeader | None = None
) -> NDArray[np.uint8]:
    """Decodes a picture file in memory to (H, W, 3) RGB uint8, upright, composited on white.

    `header` is the result of `read_header`, where the caller has it already.

    Raises:
        MediaError: the bytes are empty, cut short, damaged, too large when decoded, or not a picture.
        DependencyMissing: it is HEIC, and the extra `heic` is not installed.
    """
    if not data:
        raise MediaError(f"{name} is empty (0 bytes)")
    header = header or read_header(data)
    if header is None:
        raise MediaError(f"{name} is not a picture that can be read: give a {_FORMATS} file")
    check_size(name, header.width_px, header.height_px, max_pixels)
    if header.format == "jpeg":
        _check_scans(data, header, name)
    if is_cut_short(data, header):
        data = _with_end(data, header, name)
    import cv2

    if header.format == "heic":
        return _from_heic(data, header, name, max_pixels)

    is_jpeg = header.format == "jpeg"  # has 8 bits and no alpha: the decoder writes RGB at once
    flags = cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION if is_jpeg else cv2.IMREAD_UNCHANGED
    with quiet_opencv():
        try:
            image: Any = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
        except cv2.error:
            image = None
    if image is None:
        raise MediaError(f"{name} is a damaged {header.format.upper()} picture: fetch or copy it again")
    return _upright(image, header.orientation) if is_jpeg else _to_rgb(image, header, name)


def _from_heic(data: bytes, header: ImageHeader, name: str, max_pixels: int) -> NDArray[np.uint8]:
    import cv2

    def check(width_px: int, height_px: int) -> None:  # the size as libheif reads it: the header may differ
        check_size(name, width_px, height_px, max_pixels)

    image, premultiplied = decode_heic(data, name, check, threads=max(1, cv2.getNumThreads()))
    return _to_rgb(image, header, name, premultiplied=premultiplied)


def check_size(name: str, width_px: int, height_px: int, max_pixels: int = MAX_PIXELS) -> None:
    """Checks the size of a picture before it is decoded.

    Raises:
        MediaError: it has more than `max_pixels` pixels.
    """
    if width_px * height_px > max_pixels:
        size = f"{width_px} x {height_px} pixels"
        raise MediaError(f"{name} has {size}, more than {max_pixels / 1e6:g} million: scale it down first")


def _check_scans(data: bytes, header: ImageHeader, name: str) -> None:
    """Refuses a progressive JPEG of a few kilobytes that a decoder would work through for minutes.

    Raises:
        MediaError: it has more scans than any encoder writes, for its size.
    """
    most = min(_MOST_SCANS, _MOST_SCANNED_PIXELS // max(1, header.width_px * header.height_px))
    if count_scans(data, most) > most:
        raise MediaError(f"{name} has more than {most} scans: save it as a baseline JPEG")


def _with_end(data: bytes, header: ImageHeader, name: str) -> bytes:
    """A picture that is cut short, with its end, if only that is missing; a warning tells it.

    Raises:
        MediaError: pixels are missing.
    """
    with quiet_opencv():
        completed = with_end(data, header)
    if completed is None:
        raise MediaError(f"{name} is cut short (truncated {header.format.upper()}): fetch or copy it again")
    warnings.warn(f"{name} lacks the end of its file; all of its pixels are there", MediaWarning, stacklevel=3)
    return completed


@contextmanager
def quiet_opencv() -> Generator[None]:
    """Suppresses OpenCV's messages on stderr; the error that is raised has the reason."""
    import cv2

    logging: Any = cv2.utils.logging  # pyright: ignore
    before = logging.getLogLevel()
    logging.setLogLevel(logging.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        logging.setLogLevel(before)


def _to_rgb(image: Any, header: ImageHeader, name: str, *, premultiplied: bool = False) -> NDArray[np.uint8]:
    """(H, W, 3) RGB uint8 from OpenCV's result: grey, BGR or BGRA of 8 or 16 bits, as stored."""
    cv2: Any = import_module("cv2")
    if image.dtype == np.uint16:
        image = _in_bands(_high_bytes, image)
    if image.dtype != np.uint8:
        raise MediaError(f"{name} has {image.dtype} pixels: save it with 8 or 16 bits per channel")
    if image.ndim == 2 or image.shape[2] == 1:
        rgb = cv2.cvtColor(image, cv2.COLOR_GRAY2RGB)
    elif image.shape[2] == 4:
        # libtiff returns pixels already multiplied by their alpha.
        rgb = _on_white(image, premultiplied=premultiplied or header.format == "tiff")
    else:
        rgb = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
    # OpenCV rotates TIFF pictures itself, even when the picture is requested as stored; libheif rotates HEIC.
    return rgb if header.format in ("tiff", "heic") else _upright(rgb, header.orientation)


def _high_bytes(image: Any) -> Any:
    return (image >> 8).astype(np.uint8)


def _in_bands(change: Callable[[Any], Any], image: Any) -> Any:
    """Changes the rows of a picture band by band: intermediate results of a large one would fill the memory."""
    rows = max(1, _BAND_PIXELS // image.shape[1])
    first = change(image[:rows])
    changed = np.empty((len(image), *first.shape[1:]), first.dtype)
    changed[:rows] = first
    for top in range(rows, len(image), rows):
        changed[top : top + rows] = change(image[top : top + rows])
    return changed


def _on_white(bgra: Any, *, premultiplied: bool) -> NDArray[np.uint8]:
    if bgra[:, :, 3].min() == 255:
        return np.ascontiguousarray(bgra[:, :, 2::-1])
    return _in_bands(partial(_mixed_with_white, premultiplied=premultiplied), bgra)


def _mixed_with_white(bgra: Any, premultiplied: bool) -> Any:
    rgb, alpha = bgra[:, :, 2::-1], bgra[:, :, 3:].astype(np.uint16)
    weight = np.uint16(255) if premultiplied else alpha
    mixed = (rgb * weight + (255 - alpha) * np.uint16(255) + np.uint16(127)) // np.uint16(255)
    return np.minimum(mixed, 255).astype(np.uint8)


def _upright(image: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Undoes the Exif orientation: 2, 4, 5 and 7 are mirrored, 5..8 are rotated by a quarter turn."""
    if orientation in (5, 6, 7, 8):
        image = image.transpose(1, 0, 2)
    if orientation in (2, 3, 6, 7):
        image = image[:, ::-1]
    if orientation in (3, 4, 7, 8):
        image = image[::-1]
    return np.ascontiguousarray(image)
