"""Makes the files that the tests of the command line read, and checks its messages."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

from emoar.media.sinks import write_image


def picture(path: Path) -> Path:
    """A flat grey picture, written to `path`."""
    write_image(path, np.full((100, 120, 3), 90, np.uint8))
    return path


def noise(width: int = 64, height: int = 48) -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8))


def noisy(index: int, width: int, height: int) -> np.ndarray:
    return np.random.default_rng(index).integers(0, 256, (height, width, 3), np.uint8)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def heic(image: Image.Image) -> bytes:
    import pillow_heif

    buffer = io.BytesIO()
    pillow_heif.from_pillow(image).save(buffer)
    return buffer.getvalue()


def bomb() -> bytes:
    """A valid PNG of 30,000 x 30,000 black pixels in 340 kB."""
    packer = zlib.compressobj(1, wbits=15)
    row = bytes(30_000 // 8 + 1)
    body = b"".join(packer.compress(row * 100) for _ in range(300)) + packer.flush()

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def exif6() -> Image.Exif:
    data = Image.Exif()
    data[274] = 6
    return data


def check_line(text: str) -> None:
    """Exactly one line for people."""
    assert text.startswith("emoar: ")
    assert text.count("\n") == 1
    assert "Traceback" not in text
