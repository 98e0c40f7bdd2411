from __future__ import annotations

import numpy as np
import pytest

from emoar.perception.anchors import FULL_RANGE, SHORT_RANGE, DetectorGrid, anchor_centres, decode, weighted_nms


@pytest.mark.parametrize(("grid", "count"), [(SHORT_RANGE, 896), (FULL_RANGE, 2304)])
def test_there_are_as_many_anchors_as_the_model_has_rows(grid: DetectorGrid, count: int) -> None:
    assert grid.anchor_count == count
    centres = anchor_centres(grid)
    assert centres.shape == (count, 2)
    assert centres.min() > 0
    assert centres.max() < grid.input_px


def test_anchors_run_along_the_rows() -> None:
    centres = anchor_centres(DetectorGrid("tiny", 8, ((4, 2),)))
    assert centres.tolist() == [[2, 2], [2, 2], [6, 2], [6, 2], [2, 6], [2, 6], [6, 6], [6, 6]]


def test_decode_adds_the_anchor_and_keeps_what_is_sure() -> None:
    centres = np.float32([[10, 20], [30, 40]])
    raw = np.zeros((2, 16), np.float32)
    raw[0, :4] = 1, 2, 4, 6  # centre and size
    raw[0, 4:6] = -3, 5  # first key point
    raw[1, :4] = 0, 0, 4, 4
    boxes, keypoints, scores = decode(raw, np.float32([2.0, -2.0]), centres, 0.5)
    assert boxes.tolist() == [[9, 19, 13, 25]]
    assert keypoints[0, 0].tolist() == [7, 25]
    assert scores[0] == pytest.approx(1 / (1 + np.exp(-2.0)))


def test_decode_drops_boxes_without_area_and_survives_extreme_logits() -> None:
    boxes, _, scores = decode(np.zeros((2, 16), np.float32), np.float32([1e9, -1e9]), np.zeros((2, 2), np.float32), 0.5)
    assert len(boxes) == len(scores) == 0


def _as_detections(boxes, scores):  # type: ignore[no-untyped-def]
    return np.float32(boxes).reshape(-1, 4), np.zeros((len(scores), 6, 2), np.float32), np.float32(scores)


def test_nms_averages_what_overlaps_by_score_and_keeps_the_rest() -> None:
    boxes, keypoints, scores = weighted_nms(
        *_as_detections([[0, 0, 10, 10], [1, 0, 11, 10], [50, 50, 60, 60]], [0.6, 0.9, 0.7]), 0.3
    )
    np.testing.assert_allclose(boxes, [[0.6, 0, 10.6, 10], [50, 50, 60, 60]], atol=1e-5)
    np.testing.assert_allclose(scores, [0.9, 0.7], atol=1e-6)
    assert keypoints.shape == (2, 6, 2)


def test_nms_of_nothing_is_nothing() -> None:
    boxes, keypoints, scores = weighted_nms(*_as_detections([], []), 0.3)
    assert boxes.shape == (0, 4)
    assert keypoints.shape == (0, 6, 2)
    assert scores.shape == (0,)
