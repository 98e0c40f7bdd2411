"""Finds faces with BlazeFace: full range first, short range for faces that fill the picture or a part of it.

In a photo, the places where full range has the slightest hint of a small face are searched again from nearby.
"""

from __future__ import annotations

import itertools
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
MAXIMUM_TILES: Final = 120  # of a picture: bounds the time of the search; up to 17 megapixels every 24 px face is found
MAXIMUM_TILES_TURNED: Final = 16  # of a picture for the other three directions
DOUBTFUL_SHARE: Final = 0.6  # of the minimum score: a small face in a tile may have so little, and the mesh is sure
HINT_SHARE: Final = 0.05  # of the minimum score: what a tile with a face that is too small for it may have
HINTS: Final = 64  # of a tile, the best ones
HINT_SIZE: Final = 0.25  # of a tile's side: the tile itself shows larger faces well
CLOSE_UP: Final = 0.5  # side of the square around a hint, in sides of a tile
CLOSE_UP_SIZES: Final = 4.0  # and at least so many widths of the hint
CLOSE_UP_MIDDLE: Final = 0.75  # share of that side within which the square also shows other hints
PATIENCE: Final = 5  # squares in a row without a face, after which the weaker hints are not followed


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
        found = self._short.run_tile(picture, whole, least, turns)
        if turned:
            for tile in (whole, *parts):
                found += self._full.run_tile(picture, tile, least, turns)
            return merge(found)
        searched = [self._full.search_tile(picture, tile, least, self._minimum_score) for tile in (whole, *parts)]
        found += itertools.chain.from_iterable(faces for faces, _ in searched)
        # where there are tiles, they have the hints at small faces, and the whole picture has none of its own
        hints = np.concatenate([hints for _, hints in searched[1 if parts else 0 :]])
        return merge(found + self._close_ups(picture, found, hints, (whole, *parts)[-1].side_px))

    def _close_ups(
        self, picture: Halvings, found: list[Detection], hints: NDArray[np.float32], tile_px: int
    ) -> list[Detection]:
        """Detections around (N, 5) hints, the best first, that are not in a face which is found already."""
        least, sure = DOUBTFUL_SHARE * self._minimum_score, self._minimum_score
        boxes = np.array([face.box_xyxy_px for face in found if face.score >= sure], np.float32).reshape(-1, 4)
        hints = hints[hints[:, 2] - hints[:, 0] <= HINT_SIZE * tile_px]
        middles = (hints[:, :2] + hints[:, 2:4]) / 2
        inside = np.all((boxes[:, :2] < middles[:, None]) & (middles[:, None] < boxes[:, 2:]), axis=2)
        squares, close, misses = list[Tile](), list[Detection](), 0
        for i in np.argsort(-hints[:, 4], kind="stable").tolist():
            x, y = middles[i].tolist()
            if inside[i].any() or any(square.has_near_middle(x, y, CLOSE_UP_MIDDLE) for square in squares):
                continue
            width = float(hints[i, 2] - hints[i, 0])
            squares.append(Tile.around(x, y, max(CLOSE_UP * tile_px, CLOSE_UP_SIZES * width)))
            near = self._full.run_tile(picture, squares[-1], least, (0,))
            close += near
            misses = 0 if any(face.score >= sure for face in near) else misses + 1
            if misses == PATIENCE or len(squares) == MAXIMUM_TILES:
                break
        return close

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

    def search_tile(
        self, picture: Halvings, tile: Tile, minimum_score: float, sure_score: float
    ) -> tuple[list[Detection], NDArray[np.float32]]:
        """The faces of a tile; and the best of what is less sure, (N, 5): box and score. In pixels of the picture."""
        square, *place = tile_square(picture, tile, self._side)
        boxes, keypoints, scores = self._decoded(square, HINT_SHARE * sure_score)
        kept, less = scores >= minimum_score, np.flatnonzero(scores < sure_score)
        less = less[np.argsort(-scores[less], kind="stable")[:HINTS]]
        faces = weighted_nms(boxes[kept], keypoints[kept], scores[kept], MAXIMUM_IOU)
        hints, _ = _in_picture(boxes[less], keypoints[less], *place)
        return _detections(*_in_picture(*faces[:2], *place), faces[2]), np.column_stack([hints, scores[less]])

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
        found = list[Detection]()
        for turns in quarter_turns:
            boxes, keypoints, scores = weighted_nms(*self._decoded(np.rot90(square, turns), minimum_score), MAXIMUM_IOU)
            for _ in range(turns):
                boxes, keypoints = _turned_back(boxes, keypoints, self._side)
            found += _detections(*_in_picture(boxes, keypoints, scale, left, top), scores)
        return found

    def _decoded(
        self, square: NDArray[np.uint8], minimum_score: float
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """(N, 4) boxes, (N, 6, 2) keypoints and (N,) scores in the pixels of the input, several for each face."""
        view = self.session.input()
        np.multiply(square, np.float32(1 / 127.5), out=view[0])
        np.subtract(view, np.float32(1), out=view)
        del view
        output = self.session.run()
        return decode(output["regressors"][0], output["logits"][0, :, 0], self._centres, minimum_score)


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


def _in_picture(
    boxes: NDArray[np.float32], keypoints: NDArray[np.float32], scale: float, left: float, top: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(N, 4) boxes and (N, 6, 2) keypoints of a square, in pixels of the picture, which is at (left, top) of it."""
    offset = np.array([left, top], np.float32)
    return (boxes - np.tile(offset, 2)) / np.float32(scale), (keypoints - offset) / np.float32(scale)


def _detections(
    boxes: NDArray[np.float32], keypoints: NDArray[np.float32], scores: NDArray[np.float32]
) -> list[Detection]:
    return [Detection(b, k, float(s)) for b, k, s in zip(boxes, keypoints, scores, strict=True)]


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
