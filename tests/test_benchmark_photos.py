from __future__ import annotations

import numpy as np
from benchmarks._crowds import Crowd, TruePlace
from benchmarks.photos import Tally

PICTURE = np.zeros((200, 400, 3), np.uint8)


def box_at(x: float, y: float, width: float) -> list[float]:
    return [x - width / 2, y - width / 2, x + width / 2, y + width / 2]


def test_a_box_counts_for_one_face_and_boxes_beside_all_faces_are_false() -> None:
    crowd = Crowd(PICTURE, (TruePlace(100, 100, 40), TruePlace(130, 100, 40), TruePlace(300, 100, 18)))
    tally = Tally()
    tally.add(crowd, [box_at(101, 99, 42), box_at(200, 50, 40), box_at(301, 100, 40)], 12.0)
    assert (tally.found, tally.there) == ({16: 0, 28: 1}, {16: 1, 28: 2})
    assert tally.false_boxes == 2  # one beside all faces, and one of twice a face's width
    assert tally.words == "1 of 3 faces found: 16 to 28 px 0 of 1, 28 and more px 1 of 2"


def test_pictures_without_a_face_count_false_boxes_alone() -> None:
    tally = Tally()
    tally.add(Crowd(PICTURE, ()), [box_at(50, 50, 30)], 3.0)
    assert (tally.there, tally.false_boxes, tally.cpu_ms) == ({}, 1, [3.0])
