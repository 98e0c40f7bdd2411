"""The canonical face: shapes, head frame, texture and triangles."""

from __future__ import annotations

import numpy as np

from emoar import face_landmarks as points
from emoar.canonical import canonical_face


def test_shapes_and_types() -> None:
    face = canonical_face()
    arrays = (face.vertices_cm, face.uv, face.triangles, face.fit_weights)
    assert [a.shape for a in arrays] == [(468, 3), (468, 2), (898, 3), (468,)]
    assert [a.dtype for a in arrays] == [np.float32, np.float32, np.int32, np.float32]
    assert canonical_face() is face  # read once


def test_the_head_frame_has_x_to_the_persons_left_y_up_and_z_out_of_the_face() -> None:
    at = canonical_face().vertices_cm
    assert at[points.LEFT_EYE_OUTER, 0] > 3 > -3 > at[points.RIGHT_EYE_OUTER, 0]
    assert at[10, 1] > at[points.NOSE_TIP, 1] > at[152, 1]  # hairline, nose, chin
    assert 12 < np.ptp(at[:, 0]) < 18  # cm
    assert at[points.NOSE_TIP, 2] > at[points.LEFT_EYE_OUTER, 2] > at[454, 2]  # nose, eye, ear


def test_the_face_is_symmetric() -> None:
    at = canonical_face().vertices_cm
    mirrored = at * np.float32([-1, 1, 1])
    apart = np.linalg.norm(at[:, None] - mirrored[None], axis=2).min(axis=1)
    assert apart.max() < 0.2  # cm


def test_triangles_use_every_point_and_face_the_front() -> None:
    face = canonical_face()
    assert np.unique(face.triangles).tolist() == list(range(468))
    a, b, c = (face.vertices_cm[face.triangles[:, i]] for i in range(3))
    normals = np.cross(b - a, c - a)
    assert (normals[:, 2] > 0).mean() > 0.9  # counter-clockwise seen from the front; the lips turn inwards


def test_texture_coordinates_lie_in_the_texture() -> None:
    uv = canonical_face().uv
    assert 0 <= uv.min() < uv.max() <= 1
    assert uv[10, 1] < uv[152, 1]  # the upper left is the origin: the hairline is above the chin


def test_a_pose_is_fitted_to_few_points_and_no_weight_is_negative() -> None:
    weights = canonical_face().fit_weights
    assert (weights >= 0).all()
    assert 3 < np.count_nonzero(weights) < 468
