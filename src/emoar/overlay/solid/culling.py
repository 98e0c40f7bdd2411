"""The part of a window where something is drawn: triangles of heads that lie elsewhere hide nothing."""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.overlay.solid.camera import Window

__all__ = ["Coverage"]

CELL_PX: Final = 12


class Coverage:
    """The part of a window that boxes lie in, by coarse cells."""

    def __init__(self, window: Window, bounds: NDArray[np.floating]) -> None:
        """`bounds` is (N, 4): left, top, right and bottom of each box in the picture."""
        columns, rows = math.ceil(window.width / CELL_PX), math.ceil(window.height / CELL_PX)
        self._corner = np.array([[window.left], [window.top]] * 2, np.float32)
        self._last = np.array([[columns - 1], [rows - 1]] * 2, np.float32)
        # with a pixel around, since finer samples lie between pixels
        left, top, right, bottom = self._cells(bounds + np.array([-1, -1, 1, 1], np.float32))
        # how many boxes lie over each cell: they begin at their upper left corner, and end past the other edges
        width, size = columns + 1, (columns + 1) * (rows + 1)
        begins = np.concatenate([top * width + left, (bottom + 1) * width + right + 1])
        ends = np.concatenate([top * width + right + 1, (bottom + 1) * width + left])
        steps = np.bincount(begins, minlength=size) - np.bincount(ends, minlength=size)
        boxes = steps.reshape(-1, width).cumsum(axis=0).cumsum(axis=1)
        self._sums = cv2.integral((boxes[:-1, :-1] > 0).astype(np.uint8))

    def touches(self, bounds: NDArray[np.floating]) -> NDArray[np.bool_]:
        """(M,) which of (M, 4) boxes may lie over one of these boxes; never False where one does."""
        left, top, right, bottom = self._cells(bounds)
        sums = self._sums
        return sums[bottom + 1, right + 1] - sums[top, right + 1] - sums[bottom + 1, left] + sums[top, left] > 0

    def _cells(self, bounds: NDArray[np.floating]) -> NDArray[np.intp]:
        """(4, N) columns and rows of the outermost cells of (N, 4) boxes; outside the window, those at its edge."""
        cells = (bounds.T - self._corner) / np.float32(CELL_PX)
        return np.minimum(np.maximum(cells, 0), self._last).astype(np.intp)
