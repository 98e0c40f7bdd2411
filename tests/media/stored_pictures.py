"""One small picture, stored in every way that the tests of reading need."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

WIDTH, HEIGHT = 40, 24


def picture() -> Image.Image:
    """Red left, blue right, black corner at the upper left, so that every turn is seen."""
    pixels = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    pixels[:, : WIDTH // 2] = 200, 30, 20
    pixels[:, WIDTH // 2 :] = 20, 40, 210
    pixels[:8, :8] = 0
    return Image.fromarray(pixels)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    if kind == "HEIC":
        return heic(image, **options)
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def heic(image: Image.Image, **options: object) -> bytes:
    """As an iPhone does it, lossless unless stated otherwise."""
    library = pytest.importorskip("pillow_heif")
    if isinstance(options.get("exif"), Image.Exif):
        options["exif"] = options["exif"].tobytes()
    buffer = io.BytesIO()
    library.from_pillow(image).save(buffer, **{"quality": 95, "chroma": 444, **options})
    return buffer.getvalue()


def exif(orientation: int) -> Image.Exif:
    data = Image.Exif()
    data[274] = orientation
    return data


def png(width: int, height: int, depth: int, colour: int, rows: bytes, *, ancillary: bytes = b"") -> bytes:
    """A PNG by hand: Pillow writes no 16-bit colour."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    pixels = chunk(b"IHDR", header) + ancillary + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + pixels


def rgb16() -> bytes:
    pixels = np.asarray(picture()).astype(">u2") * 257
    return png(WIDTH, HEIGHT, 16, 2, b"".join(b"\0" + row.tobytes() for row in pixels))


def animated(kind: str) -> bytes:
    return encoded(picture(), kind, save_all=True, append_images=[picture().rotate(180)], duration=100, loop=0)


def scans_of(width: int, height: int, count: int) -> bytes:
    """A progressive grey JPEG with so many scans, each of which only states that its blocks do not change."""
    blocks = -(-width // 8) * -(-height // 8)

    def packed(bits: str) -> bytes:
        bits += "1" * (-len(bits) % 8)
        return int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\0")

    table = [1, *[0] * 15]
    head = [
        b"\xff\xd8\xff\xdb" + struct.pack(">HB", 67, 0) + bytes([1] * 64),
        b"\xff\xc2" + struct.pack(">HBHHB", 11, 8, height, width, 1) + bytes([1, 0x11, 0]),
        b"\xff\xc4" + struct.pack(">H", 20) + bytes([0x00, *table, 0x00]),
        b"\xff\xc4" + struct.pack(">H", 20) + bytes([0x10, *table, 0xE0]),
        b"\xff\xda" + struct.pack(">HB", 8, 1) + bytes([1, 0, 0, 0, 0]) + packed("0" * blocks),
    ]
    scan = b"\xff\xda" + struct.pack(">HB", 8, 1) + bytes([1, 0, 1, 63, 0])
    return b"".join([*head, *[scan + packed(("0" + "1" * 14) * -(-blocks // 32767))] * (count - 1), b"\xff\xd9"])
