"""Flat rectangles on a head, and where the camera sees them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from emoar.canonical import canonical_face
from emoar.face_landmarks import ATTACHMENT_POINTS
from emoar.overlay.perspective import EYE_DISTANCE_CM, Quad, quad_corners_cm, quad_in_picture, signed_area

from .conftest import MakeFace, MakeScene

NOSE_CM = canonical_face().vertices_cm[4]


def test_corners_run_clockwise_from_the_upper_left() -> None:
    corners = quad_corners_cm(Quad("nose", (0, 0, 0), 2.0, 1.0)) - NOSE_CM
    half_x, half_y = EYE_DISTANCE_CM, EYE_DISTANCE_CM / 2
    expected = [(-half_x, half_y, 0), (half_x, half_y, 0), (half_x, -half_y, 0), (-half_x, -half_y, 0)]
    np.testing.assert_allclose(corners, expected, atol=1e-5)


def test_offset_turn_and_tilt() -> None:
    moved = quad_corners_cm(Quad("nose", (1, 2, 3), 0.0, 0.0)) - NOSE_CM
    np.testing.assert_allclose(moved / EYE_DISTANCE_CM, np.tile([1, 2, 3], (4, 1)), atol=1e-5)
    turned = quad_corners_cm(Quad("nose", (0, 0, 0), 2.0, 0.0, turn_deg=90)) - NOSE_CM
    np.testing.assert_allclose(turned[0], [0, 0, EYE_DISTANCE_CM], atol=1e-5)  # its right side is in front
    tilted = quad_corners_cm(Quad("nose", (0, 0, 0), 2.0, 0.0, tilt_deg=90)) - NOSE_CM
    np.testing.assert_allclose(tilted[0], [0, EYE_DISTANCE_CM, 0], atol=1e-5)


@pytest.mark.parametrize("at", sorted(ATTACHMENT_POINTS))
def test_each_attachment_point_is_on_its_landmarks(at: str, make_face: MakeFace, make_scene: MakeScene) -> None:
    face = make_face()
    found = quad_in_picture(Quad(at, (0, 0, 0), 0.2, 0.2), face, make_scene().frame)
    assert found is not None
    middle = face.landmarks_px[list(ATTACHMENT_POINTS[at]), :2].mean(axis=0)
    assert found.corners_px.mean(axis=0) == pytest.approx(middle, abs=1)
    assert found.depths_cm == pytest.approx(-face.pose[2, 3], rel=0.2)


def test_too_near_to_the_camera_is_left_out(make_face: MakeFace, make_scene: MakeScene) -> None:
    face = make_face()
    pose = face.pose.copy()
    pose[2, 3] = -3
    corners = quad_in_picture(Quad("nose", (0, 0, 0), 1, 1), dataclasses.replace(face, pose=pose), make_scene().frame)
    assert corners is None


@pytest.mark.parametrize("yaw_deg", [90, 180])
def test_edge_on_and_from_behind_is_left_out(yaw_deg: float, make_face: MakeFace, make_scene: MakeScene) -> None:
    face = make_face(angles={"yaw_deg": yaw_deg})
    assert quad_in_picture(Quad("nose", (0, 0, 0), 1, 1), face, make_scene().frame) is None


def test_signed_area_of_a_square() -> None:
    square = np.array([[0, 0], [2, 0], [2, 2], [0, 2]], np.float32)
    assert signed_area(square) == 4  # clockwise in the picture
    assert signed_area(square[::-1]) == -4
