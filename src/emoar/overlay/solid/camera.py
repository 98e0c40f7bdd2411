"""From camera space to pixels of a part of the picture: what the rasteriser is told."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from emoar.geometry import focal_px
from emoar.types import Frame

__all__ = ["NEAREST_CM", "Camera", "Window"]

NEAREST_CM: Final = 2.0  # what has a point nearer to the camera is not drawn


class Window(NamedTuple):
    """A part of the picture, in pixels, and how many samples it has."""

    left: float
    top: float
    width: float
    height: float
    rows: int
    columns: int

    def finer(self, scale: float) -> Self:
        """The same part with `scale` times as many samples along each side as it has pixels."""
        return self._replace(rows=max(round(self.height * scale), 1), columns=max(round(self.width * scale), 1))

    def part(self, bounds: NDArray[np.floating]) -> tuple[slice, slice, Window]:
        """The rows and columns of the samples inside (4,) bounds (left, top, right, bottom), and their window."""
        across, down = self.columns / self.width, self.rows / self.height
        left = min(max(math.floor((bounds[0] - self.left) * across), 0), self.columns - 1)
        top = min(max(math.floor((bounds[1] - self.top) * down), 0), self.rows - 1)
        right = max(min(math.ceil((bounds[2] - self.left) * across), self.columns), left + 1)
        bottom = max(min(math.ceil((bounds[3] - self.top) * down), self.rows), top + 1)
        columns, rows = right - left, bottom - top
        place = self.left + left / across, self.top + top / down, columns / across, rows / down
        return slice(top, bottom), slice(left, right), Window(*place, rows, columns)


@dataclass(frozen=True)
class Camera:
    """The camera of a frame: at the origin, its axis is -Z, y up."""

    width_px: int
    height_px: int
    focal_px: float

    @classmethod
    def of(cls, frame: Frame, vertical_fov_deg: float) -> Self:
        """The camera of a frame with that field of view."""
        return cls(frame.width_px, frame.height_px, focal_px(frame.height_px, vertical_fov_deg))

    def places(self, points_cm: NDArray[np.floating]) -> NDArray[np.float32]:
        """(N, 2) places of (N, 3) points in camera space: x right, y down; (0, 0) is the picture's upper left corner.

        Unlike `geometry.project`, whose (0, 0) is the middle of the first pixel.
        """
        depth = np.minimum(points_cm[:, 2], np.float32(-NEAREST_CM))
        places = np.empty((2, len(points_cm)), np.float32)  # one coordinate after the other: five times as fast
        np.divide(points_cm[:, 0] * np.float32(-self.focal_px), depth, out=places[0])
        np.divide(points_cm[:, 1] * np.float32(self.focal_px), depth, out=places[1])
        places += np.array([[self.width_px / 2], [self.height_px / 2]], np.float32)
        return places.T

    def window(self, bounds: NDArray[np.floating]) -> Window | None:
        """The pixels inside (N, 4) bounds (left, top, right, bottom); None where they are outside the picture."""
        if len(bounds) == 0:
            return None
        low, high = bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)
        left, top = max(math.floor(low[0]), 0), max(math.floor(low[1]), 0)
        right, bottom = min(math.ceil(high[0]), self.width_px), min(math.ceil(high[1]), self.height_px)
        if right <= left or bottom <= top:
            return None
        width, height = right - left, bottom - top
        return Window(left, top, width, height, height, width)

    def matrix(self, window: Window) -> NDArray[np.float32]:
        """(4, 4) that puts the middle of a window on the camera's axis; samples are square, depths stay."""
        stretch = (window.columns / window.width) / (window.rows / window.height)
        matrix = np.eye(4, dtype=np.float32)
        matrix[0, 0] = stretch
        matrix[0, 2] = stretch * (window.left + window.width / 2 - self.width_px / 2) / self.focal_px
        matrix[1, 2] = -(window.top + window.height / 2 - self.height_px / 2) / self.focal_px
        return matrix

    def fov_rad(self, window: Window) -> float:
        """The vertical field of view of a window whose middle is on the camera's axis."""
        return 2 * math.atan(window.height / 2 / self.focal_px)
