"""The head that hides: the face over its landmarks, a skull and a neck behind it."""

from __future__ import annotations

import numpy as np

from emoar.canonical import canonical_face
from emoar.overlay.solid.camera import Camera
from emoar.overlay.solid.occluder import SKULL_MIDDLE, SKULL_RADII, camera_positions, head_mesh, head_of
from emoar.overlay.solid.raster import depth_of

from ..conftest import FOV_DEG, MakeFace, MakeScene


def test_the_face_lies_on_its_landmarks_with_the_depth_of_the_pose(make_face: MakeFace, make_scene: MakeScene) -> None:
    face, frame = make_face((500, 300), angles={"yaw_deg": 20}), make_scene().frame
    positions = camera_positions(face, frame, face.pose)
    places = Camera.of(frame, FOV_DEG).places(positions)
    np.testing.assert_allclose(places, face.landmarks_px[:, :2] + 0.5, atol=0.01)
    assert (positions[:, 2] < 0).all()


def test_every_wall_faces_out(make_face: MakeFace, make_scene: MakeScene) -> None:
    face, frame = make_face(), make_scene().frame
    mesh = head_mesh(camera_positions(face, frame, face.pose), face.pose)
    skull = mesh.triangles[(mesh.triangles >= 468).all(axis=1)]
    a, b, c = (mesh.vertices[skull[:, corner]].astype(float) for corner in range(3))
    out = (a + b + c) / 3 - (face.pose[:3, 3] + SKULL_MIDDLE)
    on_ball = np.linalg.norm(out, axis=1) < 11
    normals = np.cross(b - a, c - a)
    assert ((normals * out).sum(axis=1)[on_ball] >= -1e-4).all()


def test_the_skull_is_behind_every_point_of_the_face() -> None:
    """It would hide the paint around the eyes, and glasses."""
    x, y, z = canonical_face().vertices_cm.T.astype(float)
    inside = 1 - ((x - SKULL_MIDDLE[0]) / SKULL_RADII[0]) ** 2 - ((y - SKULL_MIDDLE[1]) / SKULL_RADII[1]) ** 2
    front = SKULL_MIDDLE[2] + SKULL_RADII[2] * np.sqrt(inside[inside > 0])
    assert (z[inside > 0] - front).min() > 0.2


def test_hides_the_middle_of_the_face_and_hair_but_not_beside_it(make_face: MakeFace, make_scene: MakeScene) -> None:
    face, frame = make_face((640, 360), height_px=240), make_scene().frame
    camera = Camera.of(frame, FOV_DEG)
    window = camera.window(np.array([[0, 0, 1280, 720]]))
    assert window is not None
    depth = depth_of([head_of(face, frame)], camera, window)
    assert depth[360, 640] < 1  # the nose
    assert depth[235, 640] < 1  # hair, above the landmarks
    assert depth[600, 640] < 1  # neck
    assert depth[360, 300] == 1
    assert depth[360, 640] < depth[250, 640]
