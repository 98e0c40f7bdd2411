"""Which parts of the mesh face the camera, and which lie in front."""

from __future__ import annotations

import numpy as np

from emoar.overlay.mesh_shading import edges, facing_of_triangles, facing_of_vertices, near_last, smoothstep

from .conftest import MakeFace


def test_edges_are_each_there_once() -> None:
    pairs = edges()
    assert (pairs[:, 0] < pairs[:, 1]).all()
    assert len(np.unique(pairs, axis=0)) == len(pairs)
    # Euler for a disc that the triangles cover: points - edges + triangles = 1.
    assert 468 - len(pairs) + 898 == 1


def test_frontal_face_faces_the_camera_and_a_turned_one_away(make_face: MakeFace) -> None:
    front, turned = make_face().landmarks_px, make_face(angles={"yaw_deg": 70}).landmarks_px
    assert (facing_of_triangles(front) > 0).mean() > 0.95
    assert facing_of_vertices(front)[1] > 0.5
    assert facing_of_vertices(turned)[280] < 0
    assert facing_of_vertices(turned)[50] > 0.3


def test_near_triangles_come_last(make_face: MakeFace) -> None:
    landmarks = make_face(angles={"yaw_deg": 40}).landmarks_px
    order = near_last(landmarks, np.array([[1, 4, 5], [10, 109, 338]], np.int32))
    assert order.tolist() == [[10, 109, 338], [1, 4, 5]]  # the nose after the hairline


def test_smoothstep() -> None:
    assert smoothstep(0.0, 2.0, np.array([-1, 0, 1, 2, 3], np.float32)).tolist() == [0, 0, 0.5, 1, 1]
