"""Format, size and orientation out of the first bytes, and whether the end is there."""

from __future__ import annotations

import struct

import pytest

from emoar.media.headers import ImageHeader, is_cut_short, read_header
from emoar.media.images import decode_image

from .stored_pictures import HEIGHT, WIDTH, encoded, exif, picture


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
