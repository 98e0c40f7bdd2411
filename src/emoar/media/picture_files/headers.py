"""Reads format, size and orientation of a picture from its file header. The functions are pure and decode no pixels.

A picture of 30,000 x 30,000 pixels can be 1 MB on disk and 2.7 GB in memory, so its size is read before its pixels.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from emoar.media.picture_files.jpeg import end_of_segments, segments_before_scan

__all__ = [
    "ImageHeader",
    "is_cut_short",
    "png_chunks",
    "read_header",
]

_JPEG_SIZE_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # SOF0..SOF15 without DHT, JPG and DAC
_TIFF_WIDTH, _TIFF_HEIGHT, _ORIENTATION = 256, 257, 274
_AVIF_BRANDS = frozenset((b"avif", b"avis"))
_HEIC_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"mif1"))  # single pictures; hevc and msf1 are sequences
_MOST_BRANDS = 64
_MOST_PARTS = 4096  # segments, chunks or boxes before the size of a picture; real files have tens
_ORIENTATION_OF_IROT = {0: 1, 1: 8, 2: 3, 3: 6}  # quarter turns counter-clockwise -> Exif


@dataclass(frozen=True)
class ImageHeader:
    """The properties of a picture that are known before it is decoded."""

    format: str  # "png", "jpeg", "webp", "bmp", "gif", "tiff", "avif" or "heic"
    width_px: int
    height_px: int
    orientation: int = 1  # Exif, 1..8; 1 is upright


def read_header(data: bytes) -> ImageHeader | None:
    """The header of a file in memory; None when the file is not a picture of a known format."""
    try:
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            return _png(data)
        if data.startswith(b"\xff\xd8\xff"):
            return _jpeg(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
        if data.startswith(b"BM"):
            return _bmp(data)
        if data[:6] in (b"GIF87a", b"GIF89a"):
            return ImageHeader("gif", *struct.unpack_from("<HH", data, 6))
        if data[:4] in (b"II*\0", b"MM\0*"):
            return _tiff(data)
        if data[4:8] == b"ftyp":
            return _heif(data, _brands(data))
    except (struct.error, IndexError):  # the file ends within its header
        return None
    return None


def is_cut_short(data: bytes, header: ImageHeader) -> bool:
    """Whether the end of the picture is missing. Decoders fill the missing part with grey, some without an error."""
    if header.format == "jpeg":
        # Byte stuffing keeps FF D9 out of the coded data; an Exif thumbnail has its own, before the first scan.
        start_of_scan = data.find(b"\xff\xda", end_of_segments(data))
        return start_of_scan < 0 or data.find(b"\xff\xd9", start_of_scan) < 0
    if header.format == "png":
        # A chunk length beyond the end of the file makes decoders allocate that much memory: up to 4 GB.
        return not any(kind == b"IEND" for kind, start, length in png_chunks(data) if start + length + 4 <= len(data))
    if header.format == "webp":
        return struct.unpack_from("<I", data, 4)[0] + 8 > len(data)
    if header.format in ("avif", "heic"):  # bytes after these boxes are harmless
        return any(kind in (b"meta", b"mdat") and end > len(data) for kind, _, end in _boxes(data, ()))
    return False  # the decoders of the other formats report it


def _png(data: bytes) -> ImageHeader:
    width, height = struct.unpack_from(">II", data, 16)
    orientation = 1
    for kind, start, length in islice(png_chunks(data), _MOST_PARTS):
        if kind == b"eXIf":
            orientation = _exif_orientation(data[start : start + length])
        if kind in (b"IDAT", b"eXIf"):
            break
    return ImageHeader("png", width, height, orientation)


def png_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """(kind, start, length) of each chunk, as stated in the file."""
    at = 8
    while at + 8 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        yield data[at + 4 : at + 8], at + 8, length
        at += length + 12


def _jpeg(data: bytes) -> ImageHeader | None:
    orientation = None  # the first Exif segment counts: thousands of them would cost seconds
    for marker, start, length in islice(segments_before_scan(data), _MOST_PARTS):
        if marker == 0xE1 and orientation is None and data[start : start + 6] == b"Exif\0\0":
            orientation = _exif_orientation(data[start + 6 : start + length])
        if marker in _JPEG_SIZE_MARKERS:
            height, width = struct.unpack_from(">HH", data, start + 1)
            return ImageHeader("jpeg", width, height, orientation or 1)
    return None


def _webp(data: bytes) -> ImageHeader | None:
    kind = data[12:16]
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return ImageHeader("webp", width & 0x3FFF, height & 0x3FFF)
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return ImageHeader("webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if kind != b"VP8X":
        return None
    width, height = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))
    orientation, at = 1, 12
    for _ in range(_MOST_PARTS):
        if at + 8 > len(data):
            break
        (length,) = struct.unpack_from("<I", data, at + 4)
        if data[at : at + 4] == b"EXIF":
            orientation = _exif_orientation(data[at + 8 : at + 8 + length].removeprefix(b"Exif\0\0"))
            break
        at += 8 + length + length % 2
    return ImageHeader("webp", width, height, orientation)


def _bmp(data: bytes) -> ImageHeader:
    if struct.unpack_from("<I", data, 14)[0] == 12:  # OS/2
        return ImageHeader("bmp", *struct.unpack_from("<HH", data, 18))
    width, height = struct.unpack_from("<ii", data, 18)
    return ImageHeader("bmp", abs(width), abs(height))  # a negative height means rows from top to bottom


def _tiff(data: bytes) -> ImageHeader | None:
    tags = _tiff_tags(data)
    if _TIFF_WIDTH not in tags or _TIFF_HEIGHT not in tags:
        return None
    return ImageHeader("tiff", tags[_TIFF_WIDTH], tags[_TIFF_HEIGHT], tags.get(_ORIENTATION, 1))


def _tiff_tags(data: bytes) -> dict[int, int]:
    """The single-number tags (SHORT and LONG) of the first directory."""
    order = "<" if data[:2] == b"II" else ">"
    (at,) = struct.unpack_from(order + "I", data, 4)
    (count,) = struct.unpack_from(order + "H", data, at)
    tags: dict[int, int] = {}
    for entry in range(at + 2, at + 2 + 12 * count, 12):
        tag, kind, values = struct.unpack_from(order + "HHI", data, entry)
        if values == 1 and kind in (3, 4):
            tags[tag] = struct.unpack_from(order + ("H" if kind == 3 else "I"), data, entry + 8)[0]
    return tags


def _exif_orientation(exif: bytes) -> int:
    """The orientation, 1..8; damaged metadata of an intact picture counts as upright."""
    try:
        orientation = _tiff_tags(exif).get(_ORIENTATION, 1)
    except struct.error:
        return 1
    return orientation if 1 <= orientation <= 8 else 1


def _brands(data: bytes) -> set[bytes]:
    """The brands of a file with an `ftyp` box: its major brand and the compatible ones."""
    (end,) = struct.unpack_from(">I", data)
    return {data[at : at + 4] for at in (8, *range(16, min(end, 16 + 4 * _MOST_BRANDS), 4))}


def _heif(data: bytes, brands: set[bytes]) -> ImageHeader | None:
    """The size of the picture's largest item (colour, alpha, tiles and thumbnails have one size box each)."""
    if not brands & (_AVIF_BRANDS | _HEIC_BRANDS):
        return None
    width = height = 0
    orientation = 1
    for kind, start, _ in _boxes(data, (b"meta", b"iprp", b"ipco")):
        if kind == b"ispe":
            size = struct.unpack_from(">II", data, start + 4)
            width, height = max((width, height), size, key=lambda wh: wh[0] * wh[1])
        elif kind == b"irot":
            orientation = _ORIENTATION_OF_IROT[data[start] & 3]
    name = "avif" if brands & _AVIF_BRANDS else "heic"
    return ImageHeader(name, width, height, orientation) if width and height else None


def _boxes(
    data: bytes, path: tuple[bytes, ...], start: int = 0, end: int | None = None
) -> Iterator[tuple[bytes, int, int]]:
    """(kind, start, end) of the boxes inside the nested boxes of `path`; start and end are those of the content.

    Of the boxes of `path`, which are unique in a good file, it follows the first.
    """
    end = len(data) if end is None else end
    for _ in range(_MOST_PARTS):
        if start + 8 > end:
            return
        (length,) = struct.unpack_from(">I", data, start)
        kind, body = data[start + 4 : start + 8], start + 8
        if length == 1:  # a length of 64 bits follows
            (length,) = struct.unpack_from(">Q", data, body)
            body += 8
        stop = start + length if length >= 8 else end
        if not path:
            yield kind, body, stop
        elif kind == path[0]:
            # `meta` is a full box: four bytes of version and flags come first.
            yield from _boxes(data, path[1:], body + 4 if kind == b"meta" else body, min(stop, end))
            return
        start = stop
