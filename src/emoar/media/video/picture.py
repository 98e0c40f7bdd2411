"""Converts decoded pictures to upright RGB with square pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from emoar.media.video.fit import scaled_to_fit
from emoar.media.video.hdr import ToneMapper, is_wide

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

__all__ = ["PictureConverter"]

_KNOWN_MATRICES: Final = frozenset({1, 4, 5, 6, 7, 9})  # ITU-T H.273 values that swscale supports
_BT709, _BT601, _BT2020 = 1, 5, 9
_BT2020_CONSTANT: Final = 10  # constant luminance: hardly used, and near enough to the other


class PictureConverter:
    """Converts the pictures of one video to (H, W, 3) RGB uint8, all in the size of the first one.

    They are upright, in square pixels, on white where they are transparent, and tone-mapped where their dynamic range
    is high. Untagged video is treated as BT.709 from 720 lines up and as BT.601 below, as players do.
    """

    def __init__(self) -> None:
        from av.video.reformatter import VideoReformatter

        self._tone_mapper = ToneMapper()
        self._reformatter = VideoReformatter()  # kept: each new one would prepare its tables, and start threads, anew
        self._size_px: tuple[int, int] | None = None  # width, height

    def convert(self, picture: VideoFrame, pixel_aspect: float = 1.0) -> NDArray[np.uint8]:
        """The RGB picture; `pixel_aspect` is width / height of one stored pixel."""
        image = _upright(self._rgb(picture, max(1, round(picture.width * pixel_aspect))), _display_matrix(picture))
        if self._size_px is None:
            self._size_px = image.shape[1], image.shape[0]
        return scaled_to_fit(image, *self._size_px)

    def _rgb(self, picture: VideoFrame, width_px: int) -> Any:
        matrix = _matrix(picture)
        if any(component.is_alpha for component in picture.format.components):
            return _on_white(picture.to_ndarray(format="rgba", src_colorspace=matrix, width=width_px))
        if is_wide(picture):
            return self._tone_mapper.map(picture, matrix, width_px).to_ndarray(format="gbrp")  # as (H, W, 3) RGB
        size = {"width": width_px, "height": picture.height}
        return _pixels(self._reformatter.reformat(picture, format="rgb24", src_colorspace=matrix, threads=1, **size))


def _pixels(rgb: VideoFrame) -> NDArray[np.uint8]:
    """(H, W, 3) pixels of an RGB picture: a view of its memory where the rows follow each other without gaps."""
    plane: Any = rgb.planes[0]
    if plane.line_size != 3 * rgb.width:
        pixels: Any = rgb.to_ndarray()
        return pixels
    return np.frombuffer(plane, np.uint8, 3 * rgb.width * rgb.height).reshape(rgb.height, rgb.width, 3)


def _matrix(picture: VideoFrame) -> int:
    matrix = picture.colorspace
    if matrix in _KNOWN_MATRICES:
        return matrix
    if matrix == _BT2020_CONSTANT or is_wide(picture):
        return _BT2020
    return _BT709 if picture.height >= 720 else _BT601


def _display_matrix(picture: VideoFrame) -> tuple[int, int, int, int] | None:
    """(a, b, c, d) of the picture: a stored point (x, y) is shown at (a x + c y, b x + d y), y down."""
    side_data: Any = picture.side_data
    data = side_data.get("DISPLAYMATRIX")
    values = np.frombuffer(bytes(data) if data is not None else b"", np.int32)
    if len(values) < 5:
        return None
    a, b, _, c, d = values[:5].tolist()
    return a, b, c, d


def _upright(image: Any, matrix: tuple[int, int, int, int] | None) -> NDArray[np.uint8]:
    """Turns and mirrors as the matrix demands: the nearest of the eight orientations, as in Exif."""
    if matrix is None:
        return image
    a, b, c, d = matrix
    across, down = a, d  # signs of the axes in the upright picture
    if abs(b) + abs(c) > abs(a) + abs(d):
        image, across, down = image.transpose(1, 0, 2), c, b
    if across < 0:
        image = image[:, ::-1]
    if down < 0:
        image = image[::-1]
    return np.ascontiguousarray(image)


def _on_white(rgba: Any) -> NDArray[np.uint8]:
    colour, alpha = rgba[:, :, :3], rgba[:, :, 3:].astype(np.uint16)
    if alpha.min() == 255:
        return np.ascontiguousarray(colour)
    return ((colour * alpha + (255 - alpha) * np.uint16(255) + np.uint16(127)) // np.uint16(255)).astype(np.uint8)
