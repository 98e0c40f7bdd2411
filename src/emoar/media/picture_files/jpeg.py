"""The segments of a JPEG file, found without decoding (ITU-T T.81, annex B)."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Final

__all__ = ["START_OF_SCAN", "all_segments", "count_scans", "end_of_segments", "segments_before_scan"]

START_OF_SCAN: Final = 0xDA
_END_OF_IMAGE: Final = 0xD9
_FILL = re.compile(rb"\xff+")  # before a marker, any number of FF
_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")  # not FF 00, which is data, nor a restart marker

Segment = tuple[int, int, int]  # marker, start, length


def segments_before_scan(data: bytes) -> Iterator[Segment]:
    """Each segment before the first scan."""
    at = 2
    while (found := _FILL.match(data, at)) is not None and found.end() + 3 <= len(data):
        at = found.end() - 1
        marker = data[at + 1]
        if marker == START_OF_SCAN:
            return
        (length,) = struct.unpack_from(">H", data, at + 2)
        yield marker, at + 4, length - 2
        at += length + 2


def end_of_segments(data: bytes) -> int:
    """Where the segments before the first scan end."""
    end = 2
    for _, start, length in segments_before_scan(data):
        end = start + length
    return end


def all_segments(data: bytes, at: int = 2) -> Iterator[Segment]:
    """Each segment from `at` on, those between and after scans included."""
    while (found := _MARKER.search(data, at)) is not None:
        marker, at = data[found.end() - 1], found.end()
        if marker == _END_OF_IMAGE:
            return
        length = int.from_bytes(data[at : at + 2], "big")
        yield marker, at + 2, length - 2
        at += length  # the data of a scan follow, until the next marker


def count_scans(data: bytes, most: int) -> int:
    """The number of scans: of a progressive file, how often its decoder goes over the picture.

    It stops counting beyond `most`.
    """
    count = 0
    for marker, _, _ in all_segments(data, end_of_segments(data)):
        count += marker == START_OF_SCAN
        if count > most:
            break
    return count
