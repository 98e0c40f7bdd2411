"""Messages have the fields of their interfaces, and the values that a small case can show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from makers import make_face, make_scene
from ros_interfaces import check_message

from emoar.events.ros import messages
from emoar.labels import FER2013, FERPLUS
from emoar.types import Frame

HEAD = messages.header(1_700_000_000.25, "camera_optical_frame")
FRAME = make_scene().frame  # 120 x 100


def rotated(quaternion: tuple[float, float, float, float], vector: tuple[float, float, float]) -> list[float]:
    x, y, z, w = quaternion
    axis = np.array([x, y, z])
    twice = 2 * np.cross(axis, vector)
    return (np.array(vector) + w * twice + np.cross(axis, twice)).tolist()


def test_a_header_has_whole_seconds_and_nanoseconds() -> None:
    assert HEAD["stamp"] == {"secs": 1_700_000_000, "nsecs": 250_000_000}
    assert messages.header(0.9999999999, "c")["stamp"] == {"secs": 1, "nsecs": 0}
    check_message("std_msgs/Header", HEAD)


def test_labels_have_the_names_of_hri_msgs() -> None:
    names = [messages.expression_name(label) for label in (*FERPLUS, "unsure", "smirk")]
    assert names == ["neutral", "happy", "surprised", "sad", "angry", "disgusted", "scared", "", "", ""]
    assert [messages.expression_name(label) for label in FER2013] == [
        *("angry", "disgusted", "scared", "happy", "sad", "surprised", "neutral")
    ]


def test_no_expression_has_no_confidence() -> None:
    for name, confidence in (("happy", 0.8), ("", 0.8), ("sad", 1.2), ("sad", float("nan"))):
        check_message("hri_msgs/Expression", messages.expression(HEAD, name, confidence))
    assert messages.expression(HEAD, "", 0.8)["confidence"] == 0.0


def test_valence_is_that_of_the_face_where_it_has_one() -> None:
    for valence, expected in ((None, 0.0), (-0.25, -0.25), (1.5, 1.0)):
        message = messages.expression(HEAD, "sad", 0.5, valence)
        check_message("hri_msgs/Expression", message)
        assert message["valence"] == expected


def test_measures_are_action_units_by_their_numbers() -> None:
    measures = {"mouthSmileLeft": 0.8, "mouthSmileRight": 0.6, "browInnerUp": 0.1}
    message = messages.facial_action_units(HEAD, replace(make_face(), measures=measures))
    check_message("hri_msgs/FacialActionUnits", message)
    known = {unit: message["intensity"][unit] for unit in range(99) if message["confidence"][unit]}
    assert known == pytest.approx({1: 0.1, 12: 0.7})


def test_a_region_is_clamped_to_the_picture() -> None:
    face = replace(make_face(), box_xyxy_px=np.float32([-30, 49.5, 59.5, 400]))
    region = messages.region(HEAD, face, FRAME)
    check_message("hri_msgs/NormalizedRegionOfInterest2D", region)
    assert [region[name] for name in ("xmin", "ymin", "xmax", "ymax")] == [0.0, 0.5, 0.5, 1.0]
    assert region["c"] == pytest.approx(0.97)


def test_landmarks_outside_the_picture_and_pupils_have_no_confidence() -> None:
    message = messages.landmarks(HEAD, make_face(centre_px=(0, 50)), FRAME)  # half of it is outside
    check_message("hri_msgs/FacialLandmarks", message)
    points = message["landmarks"]
    assert (message["width"], message["height"]) == (120, 100)
    assert (points[0]["x"], points[0]["c"]) == (0.0, 0.0), "the right ear"
    assert points[16]["x"] > 0
    assert points[16]["c"] == pytest.approx(0.97)
    assert points[69]["c"] == 0.0


def test_a_face_without_finite_numbers_still_gives_a_message() -> None:
    face = make_face()
    broken = replace(face, landmarks_px=np.full_like(face.landmarks_px, np.nan), presence=float("nan"))
    message = messages.landmarks(HEAD, broken, FRAME)
    check_message("hri_msgs/FacialLandmarks", message)
    assert {point["c"] for point in message["landmarks"]} == {0.0}


def test_a_frontal_face_has_its_axes_in_the_optical_frame() -> None:
    face = make_face()  # 50 cm before the camera, 1 cm to the right, 2 cm up, and not turned
    message = messages.face_transform(HEAD, "face_f00001", face)
    check_message("geometry_msgs/TransformStamped", message)
    turned = tuple(message["transform"]["rotation"].values())
    np.testing.assert_allclose(rotated(turned, (1, 0, 0)), [0, 0, -1], atol=1e-6, err_msg="x: towards the camera")
    np.testing.assert_allclose(rotated(turned, (0, 1, 0)), [1, 0, 0], atol=1e-6, err_msg="y: to the person's left")
    np.testing.assert_allclose(rotated(turned, (0, 0, 1)), [0, -1, 0], atol=1e-6, err_msg="z: to the scalp")
    origin = list(message["transform"]["translation"].values())
    np.testing.assert_allclose(origin, [0.01, -0.02 - 0.0327, 0.50 - 0.0524], atol=1e-3, err_msg="the sellion, metres")


def test_the_gaze_goes_out_of_the_face() -> None:
    message = messages.gaze_transform(HEAD, "gaze_f00001")
    check_message("geometry_msgs/TransformStamped", message)
    turned = tuple(message["transform"]["rotation"].values())
    np.testing.assert_allclose(rotated(turned, (0, 0, 1)), [1, 0, 0], atol=1e-6, err_msg="z: out of the face")
    np.testing.assert_allclose(rotated(turned, (1, 0, 0)), [0, -1, 0], atol=1e-6, err_msg="x: to the person's right")
    np.testing.assert_allclose(rotated(turned, (0, 1, 0)), [0, 0, -1], atol=1e-6, err_msg="y: down")
    assert set(message["transform"]["translation"].values()) == {0.0}


@pytest.mark.parametrize("axis", [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, -2, 3)])
@pytest.mark.parametrize("angle_deg", [0, 1, 90, 179.9, 180, 270])
def test_quaternions_turn_as_their_matrices(axis: tuple[float, float, float], angle_deg: float) -> None:
    x, y, z = np.array(axis) / np.linalg.norm(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    angle = np.radians(angle_deg)
    matrix = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
    quaternion = messages.quaternion_xyzw(matrix)
    assert quaternion[3] >= 0
    for vector in np.eye(3):
        np.testing.assert_allclose(rotated(quaternion, tuple(vector)), matrix @ vector, atol=1e-9)


def test_points_of_the_corners_are_inside() -> None:
    frame = Frame(np.zeros((2, 4, 3), np.uint8))
    assert messages.point_norm(-0.5, -0.5, frame) == (0.0, 0.0)
    assert messages.point_norm(3.5, 1.5, frame) == (1.0, 1.0)
    assert messages.point_norm(0.0, 0.0, frame) == (0.125, 0.25)
