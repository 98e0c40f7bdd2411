"""Pictures that have all of their pixels and lack only the end of the file, as after an interrupted copy."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Any, Final

from emoar.media.picture_files.headers import ImageHeader, png_chunks
from emoar.media.picture_files.jpeg import START_OF_SCAN, all_segments

__all__ = ["with_end"]

_END_OF_JPEG: Final = b"\xff\xd9"
_END_OF_PNG: Final = b"\0\0\0\0IEND\xaeB`\x82"
_COEFFICIENTS: Final = 64  # of a block
_FILLINGS: Final = (b"\x00" * 64, b"\x55" * 64, b"\xaa" * 64)
_MOST_BYTES_PER_PIXEL: Final = 8  # four channels of 16 bits


def with_end(data: bytes, header: ImageHeader) -> bytes | None:
    """A JPEG or PNG file that is cut short, with its end; None where pixels are missing, or for another format."""
    if header.format == "jpeg":
        return _with_end_of_jpeg(data)
    return _with_end_of_png(data, header) if header.format == "png" else None


def _with_end_of_jpeg(data: bytes) -> bytes | None:
    """All coefficients were sent, and what follows the data changes no pixel: the decoder does not reach it."""
    data = data.rstrip(b"\xff")
    if not _sends_all_coefficients(data):
        return None
    first, *others = (_decode(data + filling + _END_OF_JPEG) for filling in _FILLINGS)
    if first is None or any(other != first for other in others):
        return None
    return data + _END_OF_JPEG


def _decode(data: bytes) -> list[bytes] | None:
    """The planes as FFmpeg decodes them: unlike OpenCV's decoder, it prints nothing about damaged data."""
    import av.error

    try:
        decoder: Any = av.CodecContext.create("mjpeg", "r")
        frames: list[Any] = [*decoder.decode(av.Packet(data)), *decoder.decode(None)]
    except (av.error.FFmpegError, ValueError):
        return None
    return [bytes(plane) for plane in frames[0].planes] if frames else None


def _sends_all_coefficients(data: bytes) -> bool:
    """Whether the scans of a JPEG file cover every coefficient of every component in full precision."""
    wanted: set[tuple[int, int]] = set()
    sent: set[tuple[int, int]] = set()
    for marker, start, _ in all_segments(data):
        if marker == START_OF_SCAN:
            count = data[start]
            first, last, precision = data[start + 1 + 2 * count : start + 4 + 2 * count]
            components = data[start + 1 : start + 1 + 2 * count : 2]
            if precision & 0x0F == 0:  # the lowest bit of the coefficients
                sent |= {(component, k) for component in components for k in range(first, last + 1)}
        elif marker in (0xC0, 0xC1, 0xC2):
            components = data[start + 6 : start + 6 + 3 * data[start + 5] : 3]
            wanted = {(component, k) for component in components for k in range(_COEFFICIENTS)}
    return bool(wanted) and wanted <= sent


def _with_end_of_png(data: bytes, header: ImageHeader) -> bytes | None:
    """The compressed pixels end within the file."""
    end, unpacker = 0, zlib.decompressobj()
    room = (header.width_px * _MOST_BYTES_PER_PIXEL + 1) * header.height_px + (1 << 16)
    for kind, start, length in png_chunks(data):
        if kind != b"IDAT":
            continue
        if start + length > len(data):
            return None
        for size in _unpacked(unpacker, data[start : start + length]):
            room -= size
            if room < 0:
                return None
        end = start + length
        checksum = struct.pack(">I", zlib.crc32(data[start - 4 : end]))
        if unpacker.eof:
            return data[:end] + checksum + _END_OF_PNG
    return None


def _unpacked(unpacker: Any, data: bytes) -> Iterator[int]:
    """The sizes of the pieces into which the compressed bytes unpack; nothing is kept."""
    try:
        while data and not unpacker.eof:
            yield len(unpacker.decompress(data, 1 << 20))
            data = unpacker.unconsumed_tail
    except zlib.error:
        yield 1 << 62
