"""BlazeFace's grid of anchors, and the decoding of its outputs to pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.geometry import area_of_boxes, iou

__all__ = ["FULL_RANGE", "SHORT_RANGE", "DetectorGrid", "anchor_centres", "decode", "weighted_nms"]

KEYPOINT_COUNT: Final = 6


@dataclass(frozen=True)
class DetectorGrid:
    """The layout of one BlazeFace model's outputs."""

    model: str  # a name in `models.public`
    input_px: int  # side of the square input
    layers: tuple[tuple[int, int], ...]  # (stride in px, anchors at each cell), in output order

    @property
    def anchor_count(self) -> int:
        """The number of anchors in all layers together."""
        return sum(count * (self.input_px // stride) ** 2 for stride, count in self.layers)


SHORT_RANGE: Final = DetectorGrid("face_detection_short_range", 128, ((8, 2), (16, 6)))
FULL_RANGE: Final = DetectorGrid("face_detection_full_range_sparse", 192, ((4, 1),))


def anchor_centres(grid: DetectorGrid) -> NDArray[np.float32]:
    """(A, 2) anchor centres in input pixels, row by row; each is repeated for every anchor of its cell."""
    layers: list[NDArray[np.float32]] = []
    for stride, count in grid.layers:
        cells = (np.arange(grid.input_px // stride, dtype=np.float32) + 0.5) * stride
        centres = np.stack(np.meshgrid(cells, cells), axis=-1).reshape(-1, 2)
        layers.append(np.repeat(centres, count, axis=0))
    return np.concatenate(layers)


def decode(
    regressors: NDArray[np.float32], logits: NDArray[np.float32], centres: NDArray[np.float32], minimum_score: float
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Boxes (N, 4) xyxy, key points (N, 6, 2), both in input pixels, and scores (N,) of at least `minimum_score`.

    Args:
        regressors: (A, 16) centre, size and six points in input pixels, relative to the anchor's centre.
        logits: (A,) of the scores.
        centres: (A, 2) of `anchor_centres`.
        minimum_score: above 0 and below 1.
    """
    floor = np.log(minimum_score / (1 - minimum_score))
    kept = np.flatnonzero(logits >= floor)
    raw, anchor = regressors[kept], centres[kept]
    centre, half = raw[:, :2] + anchor, raw[:, 2:4] / 2
    boxes = np.concatenate([centre - half, centre + half], axis=1)
    keypoints = raw[:, 4:].reshape(-1, KEYPOINT_COUNT, 2) + anchor[:, None]
    scores = 1 / (1 + np.exp(-np.clip(logits[kept], -50, 50)))
    solid = area_of_boxes(boxes) > 0
    boxes, keypoints, scores = (a[solid].astype(np.float32) for a in (boxes, keypoints, scores))
    return boxes, keypoints, scores


def weighted_nms(
    boxes: NDArray[np.float32], keypoints: NDArray[np.float32], scores: NDArray[np.float32], maximum_iou: float
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Merges overlapping detections into their score-weighted mean, which jitters less than the best detection.

    Shapes are those of `decode`, in and out, best score first. A merged face has the highest score of its group
    (Bazarevsky et al., 2019).
    """
    if not scores.size:  # most parts of a picture
        return boxes, keypoints, scores
    order = np.argsort(-scores, kind="stable")
    groups: list[NDArray[np.int64]] = []
    while order.size:
        overlap = iou(boxes[order[0]], boxes[order])
        same = overlap > maximum_iou
        same[0] = True
        groups.append(order[same])
        order = order[~same]
    weights = [scores[group] / scores[group].sum() for group in groups]
    return (
        np.array([w @ boxes[g] for w, g in zip(weights, groups, strict=True)], np.float32).reshape(-1, 4),
        np.array(
            [np.einsum("n,nkc->kc", w, keypoints[g]) for w, g in zip(weights, groups, strict=True)], np.float32
        ).reshape(-1, KEYPOINT_COUNT, 2),
        np.array([scores[g[0]] for g in groups], np.float32),
    )
