"""Finds faces with BlazeFace: full range first, short range for faces that fill the picture or a part of it.

In the parts of a photo, short range takes a third of the time of full range, and finds more of the small faces.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.geometry import intersection_over_smaller, iou
from emoar.perception.anchors import FULL_RANGE, SHORT_RANGE, DetectorGrid, anchor_centres, decode, weighted_nms
from emoar.perception.tiles import Halvings, Tile, letterbox, tile_square, tiles
from emoar.runtime import Session
from emoar.types import Detection

__all__ = ["FaceDetector", "merge", "shifted"]

MAXIMUM_IOU: Final = 0.3  # more overlap than this is the same face
MAXIMUM_CONTAINED: Final = 0.8  # share of the smaller box inside the other: more is a part of the same face
MAXIMUM_TILES: Final = 320  # of a picture: bounds the time of the search; up to 12 megapixels every 24 px face is found
MAXIMUM_TILES_TURNED: Final = 40  # of a picture for the other three directions
DOUBTFUL_SHARE: Final = 0.6  # of the minimum score: a small face in a tile may have so little, and the mesh is sure


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

    def detect_small(
        self, image: NDArray[np.uint8], smallest_face_px: int = 24, *, turned: bool = False
    ) -> list[Detection]:
        """Detects like `detect`, and also in overlapping tiles, down to faces of `smallest_face_px`.

        In a large picture the number of tiles is limited, and the smallest face is larger (`tiles`). With `turned` it
        detects faces that lie on a side or are upside down instead of upright ones, in fewer tiles. The scores of small
        faces are low: those from `DOUBTFUL_SHARE` of the minimum score on are among the results.
        """
        turns, most = ((1, 2, 3), MAXIMUM_TILES_TURNED) if turned else ((0,), MAXIMUM_TILES)
        least = DOUBTFUL_SHARE * self._minimum_score
        picture = Halvings(image)
        whole, *parts = tiles(*picture.size_px, smallest_face_px, most)
        found = self._full.run_tile(picture, whole, least, turns)
        for tile in (whole, *parts):
            found += self._short.run_tile(picture, tile, least, turns)
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

    def run(
        self, image: NDArray[np.uint8], minimum_score: float, quarter_turns: Sequence[int] = (0,)
    ) -> list[Detection]:
        """The faces of an (H, W, 3) picture that are upright after one of these numbers of quarter turns of it."""
        return self._turned(*letterbox(image, self._side), minimum_score, quarter_turns)

    def run_tile(
        self, picture: Halvings, tile: Tile, minimum_score: float, quarter_turns: Sequence[int]
    ) -> list[Detection]:
        """The same of a tile, in pixels of the picture."""
        return self._turned(*tile_square(picture, tile, self._side), minimum_score, quarter_turns)

    def _turned(
        self,
        square: NDArray[np.uint8],
        scale: float,
        left: float,
        top: float,
        minimum_score: float,
        quarter_turns: Sequence[int],
    ) -> list[Detection]:
        """The faces of a square, turned counter-clockwise, in pixels of the picture whose corner is at (left, top)."""
        offset, found = np.array([left, top], np.float32), list[Detection]()
        for turns in quarter_turns:
            boxes, keypoints, scores = self._in_square(np.rot90(square, turns), minimum_score)
            for _ in range(turns):
                boxes, keypoints = _turned_back(boxes, keypoints, self._side)
            boxes = (boxes - np.tile(offset, 2)) / np.float32(scale)
            keypoints = (keypoints - offset) / np.float32(scale)
            found += [Detection(b, k, float(s)) for b, k, s in zip(boxes, keypoints, scores, strict=True)]
        return found

    def _in_square(
        self, square: NDArray[np.uint8], minimum_score: float
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """(N, 4) boxes, (N, 6, 2) keypoints and (N,) scores in the pixels of the input."""
        view = self.session.input()
        np.multiply(square, np.float32(1 / 127.5), out=view[0])
        np.subtract(view, np.float32(1), out=view)
        del view
        output = self.session.run()
        faces = decode(output["regressors"][0], output["logits"][0, :, 0], self._centres, minimum_score)
        return weighted_nms(*faces, MAXIMUM_IOU)


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


def _turned_back(
    boxes: NDArray[np.float32], keypoints: NDArray[np.float32], side_px: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(N, 4) boxes and (N, 6, 2) keypoints of a square, turned clockwise by a quarter; the inverse of `numpy.rot90`."""
    left, top, right, bottom = boxes.T
    return (
        np.stack([side_px - bottom, left, side_px - top, right], axis=1),
        np.stack([side_px - keypoints[..., 1], keypoints[..., 0]], axis=-1),
    )


def shifted(face: Detection, left_px: int, top_px: int) -> Detection:
    """A detection of a part of a picture, in pixels of the picture."""
    offset = np.array([left_px, top_px], np.float32)
    return Detection(face.box_xyxy_px + np.tile(offset, 2), face.keypoints_px + offset, face.score)
