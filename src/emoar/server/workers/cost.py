"""What a picture costs, in megapixels, from its header alone."""

from __future__ import annotations

from typing import Final

from emoar.media.picture_files.headers import read_header

__all__ = ["megapixels"]

_LEAST: Final = 0.1  # of any picture, however small, and of what is no picture
_RAW_MAGIC: Final = b"RGB8"  # of a raw frame, which has three bytes a pixel


def megapixels(data: bytes) -> float:
    """The cost of a picture file or a raw frame; it counts each scan of a progressive JPEG as a part of a picture."""
    if data[: len(_RAW_MAGIC)] == _RAW_MAGIC:
        return _LEAST + len(data) / 3e6
    header = read_header(data)
    return _LEAST + (header.width_px * header.height_px / 1e6 if header is not None else 0.0)
