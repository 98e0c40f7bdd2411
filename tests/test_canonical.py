"""The average face: sizes, symmetry and orientation."""

from __future__ import annotations

import numpy as np

from emoar.canonical import canonical_face
from emoar.types import LANDMARK_COUNT


def test_shapes_and_types() -> None:
    face = canonical_face()
    assert (face.vertices_cm.shape, face.vertices_cm.dtype) == ((LANDMARK_COUNT, 3), np.float32)
    assert (face.uv.shape, face.triangles.shape, face.fit_weights.shape) == ((468, 2), (898, 3), (468,))
    assert 0 <= face.uv.min() <= face.uv.max() <= 1
    assert set(face.triangles.ravel().tolist()) == set(range(LANDMARK_COUNT))
    assert canonical_face() is face  # read once


def test_axes_point_as_documented() -> None:
    vertices = canonical_face().vertices_cm
    assert vertices[263, 0] > 4 > -4 > vertices[33, 0]  # the left eye is on the person's left
    assert vertices[10, 1] > vertices[4, 1] > vertices[152, 1]  # forehead over nose over chin
    assert vertices[4, 2] > vertices[[234, 454], 2].max()  # the nose before the ears
    assert 12 < np.ptp(vertices[:, 0]) < 18  # centimetres


def test_triangles_run_counter_clockwise_from_the_front() -> None:
    face = canonical_face()
    a, b, c = (face.vertices_cm[face.triangles[:, corner]] for corner in range(3))
    assert (np.cross(b - a, c - a)[:, 2] > 0).mean() > 0.9


def test_only_some_points_count_for_the_pose() -> None:
    weights = canonical_face().fit_weights
    assert 10 < (weights > 0).sum() < 100
    assert weights.min() == 0
