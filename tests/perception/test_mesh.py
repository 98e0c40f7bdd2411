"""The face mesh: regions by hand, and landmarks on a portrait wherever its region lies."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from pictures import Image, pasted, rotated

from emoar.canonical import canonical_face
from emoar.geometry import Region
from emoar.perception.mesh import (
    REGION_SCALE,
    SAME_ANGLE_RAD,
    SAME_PLACE,
    SAME_SIDE,
    FaceMesh,
    region_of_detection,
    region_of_landmarks,
    same_region,
)
from emoar.types import Detection

FACE = (canonical_face().vertices_cm * np.float32([10, -10, 10]) + np.float32([320, 240, 0])).astype(np.float32)


def turned(points: NDArray[np.float32], angle_rad: float) -> NDArray[np.float32]:
    """Clockwise in the picture, about its centre."""
    cos, sin = math.cos(angle_rad), math.sin(angle_rad)
    centre = np.float32([320, 240])
    moved = points.copy()
    moved[:, :2] = (points[:, :2] - centre) @ np.float32([[cos, sin], [-sin, cos]]) + centre
    return moved


@pytest.mark.parametrize(
    ("eyes", "angle_deg"), [([(0, 0), (10, 0)], 0), ([(0, 0), (10, 10)], 45), ([(5, 9), (5, 0)], -90)]
)
def test_the_region_of_a_detection(eyes: list[tuple[float, float]], angle_deg: float) -> None:
    keypoints = np.zeros((6, 2), np.float32)
    keypoints[:2] = eyes
    region = region_of_detection(Detection(np.float32([10, 20, 50, 80]), keypoints, 0.9))
    assert (region.centre_x_px, region.centre_y_px) == (30, 50)
    assert region.side_px == pytest.approx(60 * REGION_SCALE)
    assert math.degrees(region.angle_rad) == pytest.approx(angle_deg)


@pytest.mark.parametrize("angle_deg", [0, 30, -75, 170])
def test_the_region_of_landmarks_turns_with_the_head(angle_deg: float) -> None:
    upright = region_of_landmarks(FACE)
    region = region_of_landmarks(turned(FACE, math.radians(angle_deg)))
    width, height = np.ptp(FACE[:, 0]), np.ptp(FACE[:, 1])
    assert region.side_px == pytest.approx(max(width, height) * REGION_SCALE, rel=1e-3)
    assert math.remainder(region.angle_rad - upright.angle_rad - math.radians(angle_deg), math.tau) == pytest.approx(
        0, abs=1e-3
    )
    offset = np.array([upright.centre_x_px - 320, upright.centre_y_px - 240])
    cos, sin = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    expected = (320 + cos * offset[0] - sin * offset[1], 240 + sin * offset[0] + cos * offset[1])
    assert (region.centre_x_px, region.centre_y_px) == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (Region(100, 100, 50, 0), True),
        (Region(100 + 0.9 * SAME_PLACE * 50, 100, 50, 0), True),
        (Region(100 + 1.1 * SAME_PLACE * 50, 100, 50, 0), False),
        (Region(100, 100, 50 * (1 + 0.9 * SAME_SIDE), 0), True),
        (Region(100, 100, 50 * (1 - 1.1 * SAME_SIDE), 0), False),
        (Region(100, 100, 50, 0.9 * SAME_ANGLE_RAD), True),
        (Region(100, 100, 50, 1.1 * SAME_ANGLE_RAD), False),
        (Region(100, 100, 50, math.tau), True),
    ],
)
def test_regions_that_give_the_same_mesh(other: Region, *, same: bool) -> None:
    assert same_region(other, Region(100, 100, 50, 0)) is same


ASTRONAUT = Region(224, 124, 160, 0)  # around her face


def test_a_face_has_presence_and_a_wall_has_none(mesh: FaceMesh, astronaut: Image) -> None:
    found = mesh.fit(astronaut, ASTRONAUT)
    assert found.landmarks_px.shape == (468, 3)
    assert found.presence > 0.9
    assert mesh.fit(np.full((200, 200, 3), 90, np.uint8), Region(100, 100, 100, 0)).presence < 0.1


def test_landmarks_move_with_the_picture(mesh: FaceMesh, astronaut: Image) -> None:
    first = mesh.fit(astronaut, ASTRONAUT).landmarks_px
    moved = mesh.fit(pasted(astronaut, 300, 100), Region(524, 224, 160, 0)).landmarks_px
    np.testing.assert_allclose(moved - first, np.tile([300, 100, 0], (468, 1)), atol=0.05)


def test_landmarks_turn_with_the_picture(mesh: FaceMesh, astronaut: Image) -> None:
    first = mesh.fit(astronaut, ASTRONAUT).landmarks_px
    angle = math.radians(30)  # counter-clockwise about the middle of 512 x 512 pixels
    matrix = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    x, y = matrix @ (np.array([224, 124]) - 256) + 256
    found = mesh.fit(rotated(astronaut, 30), Region(float(x), float(y), 160, -angle)).landmarks_px
    expected = (first[:, :2] - 256) @ matrix.T + 256
    assert np.linalg.norm(found[:, :2] - expected, axis=1).max() < 3


@pytest.mark.parametrize("centre", [(-500, -500), (0, 0), (511, 300), (5000, 10)])
def test_a_region_may_reach_beyond_the_picture(mesh: FaceMesh, astronaut: Image, centre: tuple[float, float]) -> None:
    found = mesh.fit(astronaut, Region(*centre, 200, 0.3))
    assert np.isfinite(found.landmarks_px).all()
    assert 0 <= found.presence <= 1
