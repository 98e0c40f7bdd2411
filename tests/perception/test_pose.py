"""Pose and mesh: exact on made faces, within the bar on real ones."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from pictures import pasted, resized, rotated

from emoar.canonical import canonical_face
from emoar.geometry import project
from emoar.perception.pose import PoseFitter, assumed_fov_deg, head_points_cm, reprojection_error_px
from emoar.perception.quality import apparent_yaw_deg

BAR = 0.05  # median error in outer-eye distances


def made_pose(yaw: float, pitch: float, roll: float, shift: tuple[float, float, float]) -> NDArray[np.float32]:
    pose = np.eye(4, dtype=np.float32)
    turns = [cv2.Rodrigues(np.radians([a, b, c]))[0] for a, b, c in ((0, 0, roll), (0, yaw, 0), (pitch, 0, 0))]
    pose[:3, :3] = turns[0] @ turns[1] @ turns[2]
    pose[:3, 3] = shift
    return pose


def seen(pose: NDArray[np.float32]) -> NDArray[np.float32]:
    """The landmarks of a canonical face in that pose, in a 1280x720 picture."""
    pixels = project(head_points_cm(pose, canonical_face().vertices_cm), 1280, 720, 45)
    return np.column_stack([pixels, np.zeros(len(pixels))]).astype(np.float32)


@pytest.mark.parametrize(
    ("yaw", "pitch", "roll", "shift"),
    [
        (0, 0, 0, (0, 0, -50)),
        (35, -10, 5, (10, 5, -60)),
        (-50, 20, -30, (-25, 12, -80)),
        (0, 0, 80, (0, 0, -120)),
    ],
)
def test_a_made_pose_is_recovered(yaw: float, pitch: float, roll: float, shift: tuple[float, float, float]) -> None:
    pose = made_pose(yaw, pitch, roll, shift)
    fitter = PoseFitter()
    np.testing.assert_allclose(fitter.fit(seen(pose), 1280, 720), pose, atol=0.02)
    near = made_pose(yaw + 4, pitch - 3, roll + 3, (shift[0] + 1, shift[1], shift[2] - 2))
    np.testing.assert_allclose(fitter.fit(seen(pose), 1280, 720, previous=near), pose, atol=0.02)


def test_points_that_a_rigid_face_cannot_explain_do_not_turn_the_head() -> None:
    pose = made_pose(10, 0, 0, (0, 0, -50))
    landmarks = seen(pose)
    landmarks[canonical_face().vertices_cm[:, 1] < -5, 1] += 40  # the jaw drops
    fitted = PoseFitter().fit(landmarks, 1280, 720)
    turn = fitted[:3, :3] @ pose[:3, :3].T
    assert math.degrees(math.acos(min(1.0, (np.trace(turn) - 1) / 2))) < 4


def test_the_fitted_head_is_in_front_of_the_camera_and_rigid() -> None:
    pose = PoseFitter().fit(seen(made_pose(20, 5, -5, (5, 5, -70))), 1280, 720)
    np.testing.assert_allclose(pose[:3, :3] @ pose[:3, :3].T, np.eye(3), atol=1e-5)
    assert np.linalg.det(pose[:3, :3]) == pytest.approx(1, abs=1e-5)
    assert pose[2, 3] < 0


def test_a_face_turned_to_the_camera_from_the_side_is_not_turned_away() -> None:
    pose = made_pose(-20, 0, 0, (0, 0, 0))
    pose[:3, 3] = -60 * pose[:3, 2]  # its forward axis leads through the camera
    assert pose[0, 3] > 0  # on our right, turned to our left
    assert apparent_yaw_deg(pose) == pytest.approx(0, abs=0.5)
    assert apparent_yaw_deg(made_pose(-20, 0, 0, (0, 0, -60))) == pytest.approx(-20, abs=0.5)


VIEWS = {
    "plain": lambda p: p,
    "turned 30": lambda p: rotated(p, 30),
    "turned -30": lambda p: rotated(p, -30),
    "upper left": lambda p: pasted(p, 0, 0),
    "upper right": lambda p: pasted(p, 1280 - p.shape[1], 0),
    "lower left": lambda p: pasted(p, 0, 720 - p.shape[0]),
    "lower right": lambda p: pasted(p, 1280 - p.shape[1], 720 - p.shape[0]),
}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("portrait", ["astronaut", "grace_hopper"])
def test_the_canonical_face_lies_on_the_real_one(request, landmarks_of, portrait: str, view: str) -> None:  # type: ignore[no-untyped-def]
    image = VIEWS[view](resized(request.getfixturevalue(portrait), 0.75))
    landmarks = landmarks_of(image)
    height, width = image.shape[:2]
    pose = PoseFitter().fit(landmarks, width, height)
    error = reprojection_error_px(landmarks, pose, width, height)
    assert np.median(error) <= BAR * np.linalg.norm(landmarks[33, :2] - landmarks[263, :2])


def test_a_real_head_rolls_with_the_picture(landmarks_of, grace_hopper: NDArray[np.uint8]) -> None:  # type: ignore[no-untyped-def]
    from dataclasses import replace

    from makers import make_face

    def roll(image: NDArray[np.uint8]) -> float:
        pose = PoseFitter().fit(landmarks_of(image), image.shape[1], image.shape[0])
        return replace(make_face(), pose=pose).yaw_pitch_roll_deg[2]

    assert roll(rotated(grace_hopper, -25)) - roll(grace_hopper) == pytest.approx(25, abs=5)


def test_the_mesh_knows_what_is_not_a_face(mesh, astronaut: NDArray[np.uint8]) -> None:  # type: ignore[no-untyped-def]
    from emoar.geometry import Region

    assert mesh.fit(astronaut, Region(224, 118, 160, 0.0)).presence > 0.9
    assert mesh.fit(astronaut, Region(420, 420, 160, 0.0)).presence < 0.5
    assert mesh.fit(np.full((300, 300, 3), 128, np.uint8), Region(150, 150, 160, 0.0)).presence < 0.5


@pytest.mark.parametrize(("width", "height"), [(4000, 3000), (1200, 20000), (7300, 5500), (640, 480)])
@pytest.mark.parametrize("size", [3, 8, 16, 28, 36, 60, 300])
def test_a_face_of_any_size_in_a_picture_of_any_size_has_a_pose(size: int, width: int, height: int) -> None:
    scale = size / np.ptp(canonical_face().vertices_cm[:, 0])
    landmarks = canonical_face().vertices_cm * np.float32([scale, -scale, -scale])
    for x, y in ((width / 2, height / 2), (0.1 * width, 0.15 * height), (0.95 * width, 0.9 * height)):
        moved = (landmarks + np.float32([x, y, 0])).astype(np.float32)
        pose = PoseFitter().fit(moved, width, height)
        assert pose[2, 3] < 0
        assert np.median(reprojection_error_px(moved, pose, width, height)) < 0.05 * size


@pytest.mark.parametrize(
    ("width", "height", "fov_deg"), [(640, 480, 45), (1080, 1920, 45), (1920, 1080, 45), (2560, 1080, 34.5)]
)
def test_the_assumed_field_of_view_is_that_of_a_16_to_9_camera(width: int, height: int, fov_deg: float) -> None:
    assert assumed_fov_deg(width, height) == pytest.approx(fov_deg, abs=0.1)


@pytest.mark.parametrize("size", [(20000, 1200), (6000, 1000), (3000, 1100)])
def test_a_face_at_the_end_of_a_panorama_is_not_turned_away(size: tuple[int, int]) -> None:
    width, height = size
    landmarks = canonical_face().vertices_cm * np.float32([10, -10, -10]) + np.float32([0.97 * width, height / 2, 0])
    pose = PoseFitter(assumed_fov_deg(*size)).fit(landmarks.astype(np.float32), width, height)
    assert abs(apparent_yaw_deg(pose)) < 15
