"""Uncompressed frames behind a header of 12 bytes, which a live socket accepts in addition to picture files.

The layout is the magic `RGB8`, width and height (32-bit, little-endian), then height x width x 3 bytes of RGB, row by
row.
"""

from __future__ import annotations

import struct
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import MediaError

__all__ = ["RAW_HEADER", "RAW_MAGIC", "pack_raw", "unpack_raw"]

RAW_MAGIC: Final = b"RGB8"
RAW_HEADER: Final = struct.Struct("<4sII")  # the magic, width, height


def pack_raw(image: NDArray[np.uint8]) -> bytes:
    """The bytes of an (H, W, 3) RGB picture, header included."""
    height, width = image.shape[:2]
    return RAW_HEADER.pack(RAW_MAGIC, width, height) + np.ascontiguousarray(image).tobytes()


def unpack_raw(data: bytes) -> NDArray[np.uint8]:
    """The (H, W, 3) RGB picture in the bytes: a read-only view, without a copy.

    Raises:
        MediaError: the header is missing, or the number of bytes differs from its size.
    """
    if len(data) < RAW_HEADER.size or not data.startswith(RAW_MAGIC):
        raise MediaError("a raw frame starts with RGB8, its width and its height")
    _, width, height = RAW_HEADER.unpack_from(data)
    wanted = RAW_HEADER.size + 3 * width * height
    if len(data) != wanted or not width or not height:
        raise MediaError(f"a raw frame of {width} x {height} has {wanted} bytes, got {len(data)}")
    return np.frombuffer(data, np.uint8, offset=RAW_HEADER.size).reshape(height, width, 3)
