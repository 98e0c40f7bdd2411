"""Conversion of crops to a size and colour, from arrays and from encoded images."""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.errors import MediaError
from emoar.media.images import decode_image
from emoar.training.data.options import ReadOptions

__all__ = ["decode", "fitted", "resized"]

MINIMUM_BYTES: Final = 64  # OpenCV refuses a WebP under 32 bytes, which a blank face compresses to


def resized(image: NDArray[np.uint8], size_px: int, *, colour: bool) -> NDArray[np.uint8]:
    """Converts a grey (H, W) or RGB (H, W, 3) image to (size_px, size_px) grey or (size_px, size_px, 3) RGB.

    Shrinking uses area interpolation, enlarging cubic interpolation.
    """
    changed: NDArray[Any] = image
    if colour and image.ndim == 2:
        changed = np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2RGB))
    elif not colour and image.ndim == 3:
        changed = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))
    if changed.shape[:2] != (size_px, size_px):
        shrinks = max(changed.shape[:2]) > size_px
        how = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
        changed = np.asarray(cv2.resize(changed, (size_px, size_px), interpolation=how))
    return np.asarray(changed, np.uint8)


def fitted(images: NDArray[np.uint8], options: ReadOptions) -> NDArray[np.uint8]:
    """Converts (N, S, S[, 3]) images to the size and colour of the options; None in the options changes nothing."""
    size, has_colour = images.shape[1], images.ndim == 4
    wanted_size, colour = options.size_px or size, has_colour if options.colour is None else options.colour
    if (wanted_size, colour) == (size, has_colour):
        return images
    return np.stack([resized(image, wanted_size, colour=colour) for image in images])


def decode(data: bytes, name: str, size_px: int, *, colour: bool) -> NDArray[np.uint8]:
    """Decodes an image file to (size_px, size_px) grey or (size_px, size_px, 3) RGB; `name` is for the error.

    Raises:
        MediaError: the data is empty, damaged, truncated or too large.
    """
    if not data:
        raise MediaError(f"{name} is empty (0 bytes)")
    padded = data if len(data) >= MINIMUM_BYTES else data.ljust(MINIMUM_BYTES, b"\0")  # decoders ignore what follows
    return resized(decode_image(padded, name), size_px, colour=colour)
