"""Finds faces in a picture with BlazeFace: full range first, short range for faces that fill the picture, and tiles
for small faces in photos."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.geometry import intersection_over_smaller, iou
from emoar.perception.anchors import FULL_RANGE, SHORT_RANGE, DetectorGrid, anchor_centres, decode, weighted_nms
from emoar.runtime import Session
from emoar.types import Detection

__all__ = ["FaceDetector", "letterbox", "merge", "shifted", "tiles"]

MAXIMUM_IOU: Final = 0.3  # more overlap than this is the same face
MAXIMUM_CONTAINED: Final = 0.8  # share of the smaller box inside the other: more is a part of the same face
TILE_OVERLAP: Final = 0.25  # of a tile's side, so that a face on a seam is complete in one of the tiles
SMALLEST_FACE_SHARE: Final = 1 / 12  # of a tile's side: full range still finds such a face (measured)


class FaceDetector:
    """Detects faces with both BlazeFace models."""

    def __init__(self, short_range: Path, full_range: Path, minimum_score: float = 0.5, threads: int = 1) -> None:
        self._full = _Model(FULL_RANGE, full_range, threads)
        self._short = _Model(SHORT_RANGE, short_range, threads)
        self._minimum_score = minimum_score

    def detect(self, image: NDArray[np.uint8]) -> list[Detection]:
        """The faces of an (H, W, 3) RGB picture, best first; coordinates are in pixels of the picture.

        The smallest face that is found is about a twelfth of the picture's longer side.
        """
        found = self._full.run(image, self._minimum_score)
        if not found:
            # full range often misses a face that fills the picture; short range is trained on such faces
            found = self._short.run(image, self._minimum_score)
        return merge(found)

    def detect_small(self, image: NDArray[np.uint8], smallest_face_px: int = 24) -> list[Detection]:
        """Detects like `detect`, and also in overlapping tiles, down to faces of `smallest_face_px`."""
        found = self._full.run(image, self._minimum_score) + self._short.run(image, self._minimum_score)
        height, width = image.shape[:2]
        for left, top, side in tiles(width, height, smallest_face_px):
            part = image[top : top + side, left : left + side]
            found += [shifted(face, left, top) for face in self._full.run(part, self._minimum_score)]
        return merge(found)

    def close(self) -> None:
        """Frees both models."""
        self._full.session.close()
        self._short.session.close()


class _Model:
    def __init__(self, grid: DetectorGrid, path: Path, threads: int) -> None:
        side, anchors = grid.input_px, grid.anchor_count
        outputs = {"regressors": (1, anchors, 16), "logits": (1, anchors, 1)}
        self.session = Session(path, (1, side, side, 3), outputs, threads)
        self._side = side
        self._centres = anchor_centres(grid)

    def run(self, image: NDArray[np.uint8], minimum_score: float) -> list[Detection]:
        picture, scale, left, top = letterbox(image, self._side)
        view = self.session.input()
        np.multiply(picture, np.float32(1 / 127.5), out=view[0])
        np.subtract(view, np.float32(1), out=view)
        del view
        output = self.session.run()
        faces = decode(output["regressors"][0], output["logits"][0, :, 0], self._centres, minimum_score)
        boxes, keypoints, scores = weighted_nms(*faces, MAXIMUM_IOU)
        offset = np.array([left, top], np.float32)
        boxes = (boxes - np.tile(offset, 2)) / np.float32(scale)
        keypoints = (keypoints - offset) / np.float32(scale)
        return [Detection(b, k, float(s)) for b, k, s in zip(boxes, keypoints, scores, strict=True)]


def letterbox(image: NDArray[np.uint8], side_px: int) -> tuple[NDArray[np.uint8], float, int, int]:
    """The picture scaled into the centre of a black (side, side, 3) square; and the scale, left and top margin."""
    height, width = image.shape[:2]
    scale = side_px / max(height, width)
    w, h = max(1, round(width * scale)), max(1, round(height * scale))
    # averaging keeps the features of a small face, where plain sampling would skip pixels; repeated halving is fast
    small = image
    while min(small.shape[0] // h, small.shape[1] // w) >= 2:
        small = cv2.resize(small, (small.shape[1] // 2, small.shape[0] // 2), interpolation=cv2.INTER_AREA)
    small = cv2.resize(small, (w, h), interpolation=cv2.INTER_LINEAR)
    left, top = (side_px - w) // 2, (side_px - h) // 2
    square = np.zeros((side_px, side_px, 3), np.uint8)
    square[top : top + h, left : left + w] = small
    return square, scale, left, top


def tiles(width_px: int, height_px: int, smallest_face_px: int) -> Iterator[tuple[int, int, int]]:
    """(left, top, side) of square tiles in which the detector finds faces of `smallest_face_px`, largest tiles first.

    There are no tiles where the detector finds such faces in the picture itself.
    """
    side = math.ceil(smallest_face_px / SMALLEST_FACE_SHARE)
    sides: list[int] = []
    while side < max(width_px, height_px):
        sides.append(side)
        side = round(side * 2.5)
    for side in reversed(sides):
        for top in _starts(height_px, side):
            for left in _starts(width_px, side):
                yield left, top, side


def merge(found: list[Detection]) -> list[Detection]:
    """One detection per face, best first: of two that overlap or contain each other, the one with the better score."""
    kept: list[Detection] = []
    for face in sorted(found, key=lambda face: -face.score):
        others = np.array([other.box_xyxy_px for other in kept], np.float32).reshape(-1, 4)
        overlapping = iou(face.box_xyxy_px, others) > MAXIMUM_IOU
        contained = intersection_over_smaller(face.box_xyxy_px, others) > MAXIMUM_CONTAINED
        if not (overlapping | contained).any():
            kept.append(face)
    return kept


def _starts(length_px: int, side_px: int) -> list[int]:
    if length_px <= side_px:
        return [0]
    count = math.ceil((length_px - side_px) / (side_px * (1 - TILE_OVERLAP))) + 1
    return [round(i * (length_px - side_px) / (count - 1)) for i in range(count)]


def shifted(face: Detection, left_px: int, top_px: int) -> Detection:
    """A detection of a part of a picture, in pixels of the picture."""
    offset = np.array([left_px, top_px], np.float32)
    return Detection(face.box_xyxy_px + np.tile(offset, 2), face.keypoints_px + offset, face.score)
