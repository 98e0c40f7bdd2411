"""The detector on real faces."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from pictures import pasted, resized, rotated

from emoar.perception.detect import FaceDetector, letterbox, merge, tiles
from emoar.types import Detection

FACE_CENTRE_PX = (224, 118)  # of the astronaut, by eye
FACE_WIDTH_PX = 105


@pytest.mark.parametrize(("width", "height"), [(640, 480), (480, 640), (7, 300), (1, 1), (192, 192)])
def test_letterbox_keeps_the_shape_and_can_be_undone(width: int, height: int) -> None:
    image = np.full((height, width, 3), 200, np.uint8)
    square, scale, left, top = letterbox(image, 192)
    assert square.shape == (192, 192, 3)
    filled = np.argwhere(square[..., 0] == 200)
    assert filled.min(axis=0).tolist() == [top, left]
    assert (
        filled.max(axis=0) - filled.min(axis=0) + 1 == np.maximum(1, np.round([height * scale, width * scale]))
    ).all()


@pytest.mark.parametrize(("width", "height"), [(1200, 900), (4000, 3000), (300, 2000), (100, 100)])
def test_tiles_cover_the_picture_and_stay_inside(width: int, height: int) -> None:
    covered = np.zeros((height, width), bool)
    found = list(tiles(width, height, 24, 1000))
    for left, top, side in found:
        assert 0 <= left < width
        assert 0 <= top < height
        covered[top : top + side, left : left + side] = True
    assert covered.all() or not found
    assert bool(found) == (max(width, height) > 288)


def test_a_face_on_a_seam_is_whole_in_some_tile() -> None:
    found = list(tiles(1200, 900, 24, 1000))
    for x in range(20, 1180, 7):
        assert any(left <= x - 20 and x + 20 <= left + side for left, top, side in found if side == 288)


def test_the_live_search_finds_the_face_that_the_usual_landmarker_misses(
    detector: FaceDetector, astronaut: NDArray[np.uint8]
) -> None:
    """105 pixels wide in 1280x720; short range alone scores 0.3 to 0.4 there."""
    faces = detector.detect(pasted(astronaut, 384, 104))
    assert len(faces) == 1
    assert faces[0].score > 0.75
    left, top, right, bottom = faces[0].box_xyxy_px
    np.testing.assert_allclose([(left + right) / 2 - 384, (top + bottom) / 2 - 104], FACE_CENTRE_PX, atol=10)


@pytest.mark.parametrize("face_px", [24, 32, 48, 105])
def test_the_photo_search_finds_small_faces(detector: FaceDetector, astronaut: NDArray[np.uint8], face_px: int) -> None:
    factor = face_px / FACE_WIDTH_PX
    faces = detector.detect_small(pasted(resized(astronaut, factor), 650, 300, 1200, 900))
    left, top, right, bottom = faces[0].box_xyxy_px
    expected = np.multiply(FACE_CENTRE_PX, factor) + (650, 300)
    np.testing.assert_allclose([(left + right) / 2, (top + bottom) / 2], expected, atol=0.15 * face_px)


def test_a_face_that_fills_the_picture_is_found(detector: FaceDetector, astronaut: NDArray[np.uint8]) -> None:
    face = astronaut[60:180, 165:285]
    assert detector.detect(resized(np.ascontiguousarray(face), 4.0))


@pytest.mark.parametrize("angle_deg", [0, 30, -30])
def test_keypoints_are_the_persons_right_eye_first(
    detector: FaceDetector, astronaut: NDArray[np.uint8], angle_deg: float
) -> None:
    points = detector.detect(rotated(astronaut, angle_deg))[0].keypoints_px
    right_eye, left_eye, nose, mouth = points[:4]
    assert right_eye[0] < left_eye[0]  # the person's right is on our left
    turn = np.degrees(np.arctan2(left_eye[1] - right_eye[1], left_eye[0] - right_eye[0]))
    assert turn == pytest.approx(5 - angle_deg, abs=12)  # the detector is coarse; the mesh is not
    assert mouth[1] > nose[1]


@pytest.mark.parametrize("size", [(720, 1280), (1, 1), (3, 500)])
def test_no_face_is_a_normal_answer(detector: FaceDetector, size: tuple[int, int]) -> None:
    blank = np.full((*size, 3), 128, np.uint8)
    assert detector.detect(blank) == []
    assert detector.detect_small(blank) == []


def _detected(left: float, top: float, side: float, score: float) -> Detection:
    box = np.array([left, top, left + side, top + side], np.float32)
    return Detection(box, np.zeros((6, 2), np.float32), score)


@pytest.mark.parametrize(
    ("other", "kept"),
    [
        pytest.param((0, 0, 100, 0.8), 1, id="the same box"),
        pytest.param((40, 0, 100, 0.8), 1, id="overlaps"),
        pytest.param((60, 60, 30, 0.8), 1, id="lies inside, IoU 0.09"),
        pytest.param((80, 60, 30, 0.8), 2, id="two thirds inside"),
        pytest.param((-100, -100, 400, 0.8), 1, id="lies around, IoU 0.06"),
        pytest.param((200, 0, 100, 0.8), 2, id="elsewhere"),
    ],
)
def test_of_two_detections_of_one_face_the_better_stays(other: tuple[float, ...], kept: int) -> None:
    first = _detected(0, 0, 100, 0.9)
    found = merge([_detected(*other), first])
    assert len(found) == kept
    assert found[0] is first
