"""The square parts of a photo in which the detector searches for small faces, and its input of such a part."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["Halvings", "Tile", "letterbox", "tile_square", "tiles"]

SMALLEST_FACE_SHARE: Final = 0.05  # of a tile's side: full range still hints at such a face (docs/decisions/0023)
TILE_OVERLAP: Final = 0.12  # of a tile's side, so that a face on a seam is complete in one of the tiles
TILE_BORDER: Final = 0.08  # of a tile's side, black, around the picture: faces that its edge cuts are found there
NEXT_SIDE: Final = 5.0  # side of the tiles for larger faces, in sides of the next smaller ones


@dataclass(frozen=True)
class Tile:
    """A square part of a picture, which may reach outside of it."""

    left_px: int
    top_px: int
    side_px: int

    @staticmethod
    def around(x_px: float, y_px: float, side_px: float) -> Tile:
        """The tile with this middle."""
        return Tile(round(x_px - side_px / 2), round(y_px - side_px / 2), round(side_px))

    def has_near_middle(self, x_px: float, y_px: float, share: float) -> bool:
        """Whether a point is in the middle part of the tile, which is this share of its side."""
        half, reach = self.side_px / 2, share * self.side_px / 2
        return abs(x_px - self.left_px - half) < reach and abs(y_px - self.top_px - half) < reach


def tiles(width_px: int, height_px: int, smallest_face_px: int, most: int) -> Iterator[Tile]:
    """Overlapping tiles in which the detector finds faces of `smallest_face_px`: the whole picture, then smaller ones.

    Each size of tiles covers the picture with a border around it, with as few tiles as that size needs, which are then
    made as small as their number allows. Where there would be more than `most` below the whole picture, the tiles, and
    with them the smallest face, are larger.
    """
    longer = max(width_px, height_px)
    side = math.ceil(smallest_face_px / SMALLEST_FACE_SHARE)
    while (count := sum(_count(width_px, s) * _count(height_px, s) for s in _sides(longer, side))) > most:
        side = math.ceil(side * max(math.sqrt(count / most) * 0.95, 1.02))
    whole = round(longer * (1 + 2 * TILE_BORDER))
    yield Tile(round((width_px - whole) / 2), round((height_px - whole) / 2), whole)
    for level in reversed(_sides(longer, side)):
        counts = _count(width_px, level), _count(height_px, level)
        fitted = math.ceil(max(_fitted(width_px, counts[0]), _fitted(height_px, counts[1])))
        for top in _starts(height_px, fitted, counts[1]):
            for left in _starts(width_px, fitted, counts[0]):
                yield Tile(left, top, fitted)


def letterbox(image: NDArray[np.uint8], side_px: int) -> tuple[NDArray[np.uint8], float, int, int]:
    """The picture scaled into the centre of a black (side, side, 3) square; and the scale, left and top margin."""
    height, width = image.shape[:2]
    scale = side_px / max(height, width)
    w, h = max(1, round(width * scale)), max(1, round(height * scale))
    # averaging keeps the features of a small face, where plain sampling would skip pixels; repeated halving is fast
    small = image
    while min(small.shape[0] // h, small.shape[1] // w) >= 2:
        small = cv2.resize(small, (small.shape[1] // 2, small.shape[0] // 2), interpolation=cv2.INTER_AREA)
    left, top = (side_px - w) // 2, (side_px - h) // 2
    square = np.zeros((side_px, side_px, 3), np.uint8)
    square[top : top + h, left : left + w] = cv2.resize(small, (w, h), interpolation=cv2.INTER_LINEAR)
    return square, scale, left, top


class Halvings:
    """A picture, its half, its quarter, and so on: each is computed once, for all tiles that are reduced from it."""

    def __init__(self, image: NDArray[np.uint8]) -> None:
        self._levels = [image]

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the picture itself."""
        height, width = self._levels[0].shape[:2]
        return width, height

    def for_factor(self, factor: float) -> NDArray[np.uint8]:
        """The smallest of them that is still to be reduced, where the picture is to be reduced by `factor`."""
        steps = 0
        while factor / 2 ** (steps + 1) >= 1 and min(self._levels[steps].shape[:2]) >= 2:
            steps += 1
            if steps == len(self._levels):
                height, width = self._levels[-1].shape[:2]
                half = cv2.resize(self._levels[-1], (width // 2, height // 2), interpolation=cv2.INTER_AREA)
                self._levels.append(np.asarray(half, np.uint8))
        return self._levels[steps]


def tile_square(picture: Halvings, tile: Tile, side_px: int) -> tuple[NDArray[np.uint8], float, float, float]:
    """A tile scaled to a (side, side, 3) square, black outside the picture; the scale, left and top of the picture.

    Pixel (x, y) of the picture is at (x * scale + left, y * scale + top) of the square.
    """
    scale = side_px / tile.side_px
    image = picture.for_factor(1 / scale)
    x0, x1, at_x, w = _span(tile.left_px, tile.side_px, picture.size_px[0], side_px)
    y0, y1, at_y, h = _span(tile.top_px, tile.side_px, picture.size_px[1], side_px)
    across, down = image.shape[1] / picture.size_px[0], image.shape[0] / picture.size_px[1]
    part = image[_cut(y0, y1, down, image.shape[0]), _cut(x0, x1, across, image.shape[1])]
    square = np.zeros((side_px, side_px, 3), np.uint8)
    square[at_y : at_y + h, at_x : at_x + w] = cv2.resize(part, (w, h), interpolation=cv2.INTER_LINEAR)
    return square, scale, at_x - x0 * scale, at_y - y0 * scale


def _span(start_px: int, tile_px: int, length_px: int, side_px: int) -> tuple[int, int, int, int]:
    """(first, end) of a tile inside the picture along one axis, and (first, length) of it in the square."""
    scale = side_px / tile_px
    first, end = max(start_px, 0), min(start_px + tile_px, length_px)
    at = round((first - start_px) * scale)
    return first, end, at, min(max(1, round((end - first) * scale)), side_px - at)


def _cut(first: int, end: int, scale: float, length: int) -> slice:
    """The part of a reduced picture between two pixels of the picture itself; at least one pixel."""
    low = min(round(first * scale), length - 1)
    return slice(low, max(round(end * scale), low + 1))


def _sides(longer_px: int, smallest_px: int) -> list[int]:
    """The largest sides of the tiles, from the smallest one up to the picture's longer side."""
    sides: list[int] = []
    side = smallest_px
    while side < longer_px:
        sides.append(side)
        side = round(side * NEXT_SIDE)
    return sides


def _count(length_px: int, side_px: int) -> int:
    """Number of tiles along a side of the picture."""
    left = length_px + (2 * TILE_BORDER - 1) * side_px
    return math.ceil(left / (side_px * (1 - TILE_OVERLAP))) + 1 if left > 0 else 1


def _fitted(length_px: int, count: int) -> float:
    """The side with which `count` tiles just cover a side of the picture and its borders; the inverse of `_count`."""
    return length_px / (1 + (count - 1) * (1 - TILE_OVERLAP) - 2 * TILE_BORDER)


def _starts(length_px: int, side_px: int, count: int) -> list[int]:
    """Where the tiles begin: evenly from border to border, or one in the middle."""
    if count == 1:
        return [round((length_px - side_px) / 2)]
    first, last = -TILE_BORDER * side_px, length_px + TILE_BORDER * side_px - side_px
    return [round(first + i * (last - first) / (count - 1)) for i in range(count)]
