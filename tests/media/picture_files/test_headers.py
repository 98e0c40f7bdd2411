"""Format, size and orientation out of the first bytes, and whether the end is there."""

from __future__ import annotations

import struct
import sys

import pytest

from emoar.media.images import decode_image
from emoar.media.picture_files.headers import ImageHeader, is_cut_short, read_header

from ..stored_pictures import HEIGHT, WIDTH, encoded, exif, picture


def test_a_long_box_is_understood() -> None:
    data = encoded(picture(), "AVIF")
    start = data.index(b"mdat") - 4
    (length,) = struct.unpack_from(">I", data, start)
    for extra, cut in ((8, False), (100, True)):
        long = data[:start] + struct.pack(">I4sQ", 1, b"mdat", length + extra) + data[start + 8 :]
        header = read_header(long)
        assert header is not None
        assert is_cut_short(long, header) is cut


def test_an_end_inside_the_thumbnail_does_not_count() -> None:
    thumbnail = encoded(picture(), "JPEG")
    whole = encoded(picture(), "JPEG", quality=95)
    body = b"Exif\0\0" + thumbnail
    with_thumbnail = whole[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + whole[2:]
    header = read_header(with_thumbnail)
    assert header is not None
    assert not is_cut_short(with_thumbnail, header)
    assert is_cut_short(with_thumbnail[:-20], header)


def test_bytes_after_the_end_are_harmless() -> None:
    data = encoded(picture(), "JPEG") + b"a film of two seconds"
    assert decode_image(data).shape == (HEIGHT, WIDTH, 3)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "AVIF"])
def test_format_and_size_of_every_kind(kind: str) -> None:
    data = encoded(picture(), kind)
    assert read_header(data) == ImageHeader(kind.lower(), WIDTH, HEIGHT)
    assert not is_cut_short(data, ImageHeader(kind.lower(), WIDTH, HEIGHT))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_orientation_out_of_exif(kind: str) -> None:
    header = read_header(encoded(picture(), kind, exif=exif(6)))
    assert header is not None
    assert header.orientation == 6


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", b"\xff\xd8\xff", b"BM", b"\x89PNG\r\n\x1a\n", b"MM\0*", b"text, no picture"]
)
def test_what_ends_within_its_header_is_no_picture(data: bytes) -> None:
    assert read_header(data) is None


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF"])
def test_a_missing_end_is_seen(kind: str) -> None:
    data = encoded(picture(), kind)
    header = read_header(data)
    assert header is not None
    assert is_cut_short(data[:-20], header)


def many(part: bytes) -> bytes:
    return part * (4_000_000 // len(part))


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII5sI", 13, b"IHDR", 9, 9, b"\x08\x02\0\0\0", 0) + many(bytes(12)),
        b"\xff\xd8" + many(b"\xff\xe1\0\2"),
        b"\xff\xd8" + many(b"\xff"),
        b"\xff\xd8\xff" + many(b"\xff\xe1\0\2"),
        b"RIFF" + struct.pack("<I", 4_000_000) + b"WEBPVP8X" + struct.pack("<I", 10) + bytes(10) + many(bytes(8)),
        struct.pack(">I4s4sI4s", 20, b"ftyp", b"avif", 0, b"mif1") + many(struct.pack(">I4s", 8, b"free")),
        struct.pack(">I4s4sI4s", 20, b"ftyp", b"avif", 0, b"mif1") + many(struct.pack(">I4sI", 12, b"meta", 0)),
        b"II*\0" + struct.pack("<IH", 8, 65535) + many(struct.pack("<HHII", 5, 3, 1, 1)),
    ],
    ids=["png", "jpeg", "jpeg fill", "jpeg and fill", "webp", "avif", "avif meta", "tiff"],
)
def test_millions_of_parts_are_not_all_read(data: bytes) -> None:
    steps = 0

    def count(frame: object, event: str, argument: object) -> object:
        nonlocal steps
        steps += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        read_header(data)
    finally:
        sys.settrace(before)
    assert steps < 500_000  # one step a part would be a million, and as long as a request


def test_the_first_exif_counts() -> None:
    exif = b"Exif\0\0II*\0" + struct.pack("<IHHHII", 8, 1, 274, 3, 1, 6)
    segment = b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
    header = read_header(
        b"\xff\xd8" + segment + segment.replace(b"\6\0\0\0", b"\3\0\0\0") + encoded(picture(), "JPEG")[2:]
    )
    assert header is not None
    assert header.orientation == 6
