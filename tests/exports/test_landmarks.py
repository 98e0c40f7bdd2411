"""dlib's 68 landmarks as columns."""

from __future__ import annotations

import numpy as np

from emoar.exports.landmarks import landmark_columns
from emoar.face_landmarks import DLIB_68, MOUTH_LEFT, MOUTH_RIGHT, NOSE_TIP


def test_columns_of_known_points() -> None:
    points = np.random.default_rng(1).random((3, 468, 3))
    columns = landmark_columns(points)
    assert list(columns) == [f"{axis}_{point}" for axis in "xy" for point in range(68)]
    for number, point in ((30, NOSE_TIP), (48, MOUTH_RIGHT), (54, MOUTH_LEFT)):
        np.testing.assert_array_equal(columns[f"x_{number}"], points[:, point, 0])
        np.testing.assert_array_equal(columns[f"y_{number}"], points[:, point, 1])


def test_each_point_is_another_one() -> None:
    assert len(set(DLIB_68)) == 68
