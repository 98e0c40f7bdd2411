"""The mesh fades where it turns away."""

from __future__ import annotations

from emoar.overlay import draw
from emoar.overlay.mesh_shading import edges
from emoar.overlay.wireframe import edge_strengths

from .conftest import MakeFace, MakeScene, changed


def test_edges_that_turn_away_vanish(make_face: MakeFace) -> None:
    strengths = edge_strengths(make_face(angles={"yaw_deg": 70}).landmarks_px)
    far_cheek = (edges() == 280).any(axis=1)
    near_cheek = (edges() == 50).any(axis=1)
    assert strengths[far_cheek].max() == 0
    assert strengths[near_cheek].min() > 0.2


def test_wireframe_stays_inside_the_face(make_face: MakeFace, make_scene: MakeScene) -> None:
    face = make_face()
    scene = make_scene(face)
    mask = changed(scene, draw(scene, ("wireframe",)))
    left, top, right, bottom = face.box_xyxy_px.astype(int)
    assert mask[top:bottom, left:right].mean() > 0.2
    mask[top - 2 : bottom + 3, left - 2 : right + 3] = False
    assert not mask.any()
