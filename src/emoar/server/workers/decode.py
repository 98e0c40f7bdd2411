"""Decodes pictures and raw frames of requests, and encodes drawn pictures."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.errors import DependencyMissing, MediaError
from emoar.media.images import decode_image
from emoar.media.picture_files.headers import read_header
from emoar.media.raw_frames import RAW_HEADER, RAW_MAGIC, unpack_raw
from emoar.server.http.problems import Problem

__all__ = ["decode_frame", "decode_picture", "encode_picture"]

_JPEG_QUALITY: Final = 90
_SUFFIXES: Final = {"image/jpeg": ".jpg", "image/png": ".png"}


def decode_picture(data: bytes, max_pixels: int) -> NDArray[np.uint8]:
    """A picture file as (H, W, 3) RGB.

    Raises:
        Problem: it is not a picture, has more than `max_pixels`, or is damaged.
    """
    header = read_header(data)
    if header is None:
        raise Problem(415, "not-a-picture", "this is no picture that can be read: send JPEG, PNG, WebP, AVIF or HEIC")
    _check_pixels(header.width_px, header.height_px, max_pixels)
    try:
        image = decode_image(data, "the picture", max_pixels=max_pixels, header=header)
    except DependencyMissing as exc:
        detail = "this server does not read HEIC: send JPEG, PNG, WebP or AVIF"
        raise Problem(415, "not-a-picture", detail) from exc
    except (MediaError, MemoryError) as exc:
        raise Problem(422, "damaged-picture", str(exc) or "the picture does not fit into memory") from exc
    _check_pixels(image.shape[1], image.shape[0], max_pixels)  # a header may state a wrong size
    return image


def decode_frame(data: bytes, max_pixels: int) -> NDArray[np.uint8]:
    """A message of a live socket, a picture file or a raw frame, as (H, W, 3) RGB.

    Raises:
        Problem: it is neither of them, has too many pixels, or is damaged.
    """
    if data[: len(RAW_MAGIC)] != RAW_MAGIC:
        return decode_picture(data, max_pixels)
    if len(data) >= RAW_HEADER.size:
        _, width_px, height_px = RAW_HEADER.unpack_from(data)
        _check_pixels(width_px, height_px, max_pixels)
    try:
        return unpack_raw(data)
    except MediaError as exc:
        raise Problem(422, "damaged-picture", str(exc)) from exc


def encode_picture(image: NDArray[np.uint8], media_type: str) -> bytes:
    """(H, W, 3) RGB as a JPEG or PNG file.

    Raises:
        Problem: the picture is too large for JPEG.
    """
    options = [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY] if media_type == "image/jpeg" else []
    good, data = cv2.imencode(_SUFFIXES[media_type], cv2.cvtColor(image, cv2.COLOR_RGB2BGR), options)
    if not good:
        raise Problem(422, "cannot-draw", "the drawn picture is too large for JPEG: request image/png")
    return data.tobytes()


def _check_pixels(width_px: int, height_px: int, max_pixels: int) -> None:
    if width_px * height_px > max_pixels:
        detail = f"the picture has {width_px} x {height_px} pixels, at most {max_pixels} are allowed: scale it down"
        raise Problem(422, "too-many-pixels", detail, "max_pixels", max_pixels)
