"""One labelled crop from the bytes of a picture file."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.errors import MediaError
from emoar.media.images import decode_image
from emoar.training.data.resize import resized

__all__ = ["decode"]

MINIMUM_BYTES: Final = 64  # OpenCV refuses a WebP under 32 bytes, which a blank face compresses to


def decode(data: bytes, name: str, size_px: int, *, colour: bool) -> NDArray[np.uint8]:
    """(size, size) grey or (size, size, 3) RGB.

    Raises:
        MediaError: the bytes are empty, damaged, cut short or far too large; names the picture.
    """
    if not data:
        raise MediaError(f"{name} is empty (0 bytes)")
    padded = data if len(data) >= MINIMUM_BYTES else data.ljust(MINIMUM_BYTES, b"\0")  # decoders ignore what follows
    return resized(decode_image(padded, name), size_px, colour=colour)
