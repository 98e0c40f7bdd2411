"""The detector on real faces."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from pictures import pasted, resized, rotated

from emoar.perception.detect import FaceDetector, merge
from emoar.perception.tiles import Halvings, Tile
from emoar.types import Detection

FACE_CENTRE_PX = (224, 118)  # of the astronaut, by eye
FACE_WIDTH_PX = 105


def test_the_live_search_finds_the_face_that_the_usual_landmarker_misses(
    detector: FaceDetector, astronaut: NDArray[np.uint8]
) -> None:
    """105 pixels wide in 1280x720; short range alone scores 0.3 to 0.4 there."""
    faces = detector.detect(pasted(astronaut, 384, 104))
    assert len(faces) == 1
    assert faces[0].score > 0.75
    left, top, right, bottom = faces[0].box_xyxy_px
    np.testing.assert_allclose([(left + right) / 2 - 384, (top + bottom) / 2 - 104], FACE_CENTRE_PX, atol=10)


@pytest.mark.parametrize("face_px", [16, 24, 32, 48, 105])
@pytest.mark.parametrize("corner", [(650, 300), (-20, 311), (940, 560)])
def test_the_photo_search_finds_small_faces(
    detector: FaceDetector, astronaut: NDArray[np.uint8], face_px: int, corner: tuple[int, int]
) -> None:
    factor = face_px / FACE_WIDTH_PX
    left, top = (at if at >= 0 else round(at * factor) for at in corner)
    small = resized(astronaut, factor)[: 900 - top, max(-left, 0) : 1200 - left]
    faces = detector.detect_small(pasted(small, max(left, 0), top, 1200, 900))
    expected = np.multiply(FACE_CENTRE_PX, factor) + (left, top)
    boxes = np.array([face.box_xyxy_px for face in faces])
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    assert (np.abs(middles - expected) < 0.15 * face_px).all(axis=1).any()


def test_a_face_that_the_edge_cuts_is_found_in_a_photo(detector: FaceDetector, astronaut: NDArray[np.uint8]) -> None:
    part = np.ascontiguousarray(resized(astronaut, 0.5)[:, 100:])  # a quarter of the face is missing
    assert detector.detect_small(pasted(part, 0, 300, 1200, 900))


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


class _Hinting:
    """Stands for full range: a tile has hints on a line, and every square around one shows `shown` there."""

    def __init__(self, hints_px: list[tuple[float, float]], shown: float | None) -> None:
        self.hints_px, self.shown, self.squares = hints_px, shown, list[Tile]()

    def search_tile(self, picture: Halvings, *_: object) -> tuple[list[Detection], NDArray[np.float32]]:
        rows = [[x - 10, 90, x + 10, 110, score] for x, score in self.hints_px]
        return [_detected(1700, 80, 60, 0.9)], np.array(rows, np.float32).reshape(-1, 5)

    def run_tile(self, picture: Halvings, tile: Tile, *_: object) -> list[Detection]:
        self.squares.append(tile)
        return [] if self.shown is None else [_detected(tile.left_px + tile.side_px / 2 - 10, 90, 20, self.shown)]


@pytest.mark.parametrize(("shown", "squares", "found"), [(None, 5, 1), (0.4, 5, 6), (0.9, 7, 8)])
def test_hints_are_followed_until_five_squares_in_a_row_show_no_face(
    detector: FaceDetector, monkeypatch: pytest.MonkeyPatch, shown: float | None, squares: int, found: int
) -> None:
    full = _Hinting([(200.0 * i + 100, 0.4 - 0.05 * i) for i in range(7)], shown)
    monkeypatch.setattr(detector, "_full", full)
    faces = detector.detect_small(np.zeros((240, 1920, 3), np.uint8))
    assert len(full.squares) == squares
    assert len(faces) == found
    assert [round(square.left_px + square.side_px / 2) for square in full.squares[:3]] == [100, 300, 500]


def test_a_square_shows_all_hints_near_its_middle_and_none_is_around_a_known_face(
    detector: FaceDetector, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = _Hinting([(300.0, 0.3), (320.0, 0.2), (280.0, 0.1), (1730.0, 0.4)], 0.9)
    monkeypatch.setattr(detector, "_full", full)
    detector.detect_small(np.zeros((240, 1920, 3), np.uint8))
    assert [round(square.left_px + square.side_px / 2) for square in full.squares] == [300]


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
