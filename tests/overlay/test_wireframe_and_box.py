"""The mesh fades where it turns away; the box stands where the face is."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.overlay import draw
from emoar.overlay.mesh_shading import edges, facing_of_triangles, facing_of_vertices, near_last, smoothstep
from emoar.overlay.wireframe import edge_strengths

from .conftest import MakeFace, MakeScene, changed


def test_edges_are_each_there_once() -> None:
    pairs = edges()
    assert (pairs[:, 0] < pairs[:, 1]).all()
    assert len(np.unique(pairs, axis=0)) == len(pairs)
    # Euler for a disc that the triangles cover: points - edges + triangles = 1.
    assert 468 - len(pairs) + 898 == 1


def test_frontal_face_looks_at_the_camera_and_a_turned_one_away(make_face: MakeFace) -> None:
    front, turned = make_face().landmarks_px, make_face(angles={"yaw_deg": 70}).landmarks_px
    assert (facing_of_triangles(front) > 0).mean() > 0.95
    assert facing_of_vertices(front)[1] > 0.5
    assert facing_of_vertices(turned)[280] < 0
    assert facing_of_vertices(turned)[50] > 0.3


def test_edges_that_turn_away_vanish(make_face: MakeFace) -> None:
    strengths = edge_strengths(make_face(angles={"yaw_deg": 70}).landmarks_px)
    far_cheek = (edges() == 280).any(axis=1)
    near_cheek = (edges() == 50).any(axis=1)
    assert strengths[far_cheek].max() == 0
    assert strengths[near_cheek].min() > 0.2


def test_near_triangles_come_last(make_face: MakeFace) -> None:
    landmarks = make_face(angles={"yaw_deg": 40}).landmarks_px
    order = near_last(landmarks, np.array([[1, 4, 5], [10, 109, 338]], np.int32))
    assert order.tolist() == [[10, 109, 338], [1, 4, 5]]  # the nose after the hairline


def test_smoothstep() -> None:
    assert smoothstep(0.0, 2.0, np.array([-1, 0, 1, 2, 3], np.float32)).tolist() == [0, 0, 0.5, 1, 1]


def test_wireframe_stays_inside_the_face(make_face: MakeFace, make_scene: MakeScene) -> None:
    face = make_face()
    scene = make_scene(face)
    mask = changed(scene, draw(scene, ("wireframe",)))
    left, top, right, bottom = face.box_xyxy_px.astype(int)
    assert mask[top:bottom, left:right].mean() > 0.2
    mask[top - 2 : bottom + 3, left - 2 : right + 3] = False
    assert not mask.any()


@pytest.mark.parametrize("at_px", [(300, 300), (900, 400)])
def test_box_is_around_the_face(at_px: tuple[int, int], make_face: MakeFace, make_scene: MakeScene) -> None:
    face = make_face(at_px)
    scene = make_scene(face)
    mask = changed(scene, draw(scene, ("box",)))
    left, top, right, bottom = face.box_xyxy_px.astype(int)
    middle = (top + bottom) // 2
    assert mask[middle, left - 2 : left + 4].any()
    assert mask[middle, right - 2 : right + 4].any()
    assert not mask[middle, left + 8 : right - 8].any()


def test_box_tag_differs_by_id(make_face: MakeFace, make_scene: MakeScene) -> None:
    pictures = [draw(make_scene(make_face(track_id=number)), ("box",)) for number in (1, 2)]
    assert not np.array_equal(*pictures)
