"""JPEG and PNG files that have all of their pixels but not their end, and those that lack pixels."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from PIL import Image

from emoar.errors import MediaError, MediaWarning
from emoar.media.images import decode_image
from emoar.media.picture_files.headers import read_header
from emoar.media.picture_files.missing_end import with_end

from ..stored_pictures import encoded, exif, picture

JPEGS = {
    "baseline": {},
    "quality 100": {"quality": 100, "subsampling": 0},
    "low quality": {"quality": 10},
    "progressive": {"progressive": True},
    "optimised": {"optimize": True},
    "restart markers": {"restart_marker_rows": 1},
    "with a thumbnail's orientation": {"exif": exif(6)},
}


def jpeg(name: str, mode: str = "RGB") -> bytes:
    return encoded(picture().convert(mode), "JPEG", **JPEGS[name])


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("name", JPEGS)
@pytest.mark.parametrize("missing", [1, 2])
def test_a_jpeg_without_its_last_bytes_is_read_with_a_warning(name: str, mode: str, missing: int) -> None:
    data = jpeg(name, mode)
    with pytest.warns(MediaWarning, match="^it lacks the end of its file; all of its pixels are there$"):
        image = decode_image(data[:-missing], "it")
    np.testing.assert_array_equal(image, decode_image(data))


def test_zeros_in_the_place_of_the_end() -> None:
    data = jpeg("baseline")
    with pytest.warns(MediaWarning):
        image = decode_image(data[:-2] + bytes(512))
    np.testing.assert_array_equal(image, decode_image(data))


@pytest.mark.parametrize("name", JPEGS)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.97])
def test_a_jpeg_that_lacks_pixels_is_refused(name: str, share: float) -> None:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (96, 64, 3), np.uint8))
    data = encoded(noise, "JPEG", **JPEGS[name])
    with pytest.raises(MediaError, match=r"cut short|not a picture"):
        decode_image(data[: int(len(data) * share)])


def test_a_progressive_jpeg_without_its_last_scan_is_refused() -> None:
    data = jpeg("progressive")
    with pytest.raises(MediaError, match="cut short"):
        decode_image(data[: data.rindex(b"\xff\xda")])


@pytest.mark.parametrize("missing", [4, 12, 14, 16])  # of the end chunk, and of the checksum before it
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "I;16"])
def test_a_png_without_its_end_is_read_with_a_warning(mode: str, missing: int) -> None:
    base = picture().convert("L" if mode == "I;16" else mode)
    data = encoded(Image.fromarray(np.asarray(base, np.uint16) * 256) if mode == "I;16" else base, "PNG")
    with pytest.warns(MediaWarning, match="all of its pixels are there"):
        image = decode_image(data[:-missing])
    np.testing.assert_array_equal(image, decode_image(data))


@pytest.mark.parametrize("missing", [17, 40, 200])
def test_a_png_that_lacks_pixels_is_refused(missing: int) -> None:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (96, 64, 3), np.uint8))
    with pytest.raises(MediaError, match="cut short"):
        decode_image(encoded(noise, "PNG")[:-missing])


def test_a_png_that_unpacks_to_more_than_its_pixels_is_not_unpacked() -> None:
    import zlib

    body = zlib.compress(bytes(1 << 26))
    header = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(part)) + kind + part + struct.pack(">I", zlib.crc32(kind + part))
        for kind, part in ((b"IHDR", header), (b"IDAT", body))
    )
    found = read_header(data)
    assert found is not None
    assert with_end(data, found) is None


def test_other_formats_have_no_end_that_could_be_added() -> None:
    data = encoded(picture(), "WEBP")
    header = read_header(data)
    assert header is not None
    assert with_end(data[:-2], header) is None
