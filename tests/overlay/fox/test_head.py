"""The fox's head, in camera space."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.overlay.fox.head import fox, fox_shell
from emoar.overlay.fox.movements import AT_REST, AvatarFace
from emoar.overlay.solid.camera import Camera
from emoar.overlay.solid.raster import depth_of, empty_depth, picture_of, shaded, window_of
from emoar.types import Frame

CAMERA = Camera.of(Frame(np.zeros((360, 640, 3), np.uint8)), 45.0)
AWAY = np.eye(4)
AWAY[2, 3] = -70


def rgb(face: AvatarFace) -> np.ndarray:
    """(H, W, 3) of the window of the head, seen from the front."""
    parts = shaded(fox(face, AWAY), CAMERA)
    window = window_of(parts, CAMERA)
    assert window is not None
    return picture_of(parts, CAMERA, window, empty_depth(window))[..., :3].astype(int)


def green(face: AvatarFace) -> tuple[int, int]:
    """How many pixels of the left iris are seen, which is on the right of the picture, and of the right one."""
    picture = rgb(face)
    shown = (picture[..., 1] > picture[..., 0] + 15) & (picture[..., 1] > picture[..., 2] + 15)
    middle = picture.shape[1] // 2
    return int(shown[:, middle:].sum()), int(shown[:, :middle].sum())


def mouth(face: AvatarFace) -> int:
    """How many pixels of the mouth's inside and the tongue are seen."""
    red, green, blue = np.moveaxis(rgb(face), -1, 0)
    return int(((red > 40) & (red > 1.6 * green) & (blue > 0.8 * green)).sum())


def test_each_lid_closes_its_own_eye() -> None:
    left, right = green(AT_REST)
    assert min(left, right) > 30
    closed, opened = green(AvatarFace(eye_left=0.0))
    assert closed == 0
    assert opened == right
    assert sum(green(AvatarFace(eye_left=0.5, eye_right=0.5))) < 0.8 * (left + right)


def test_the_mouth_opens() -> None:
    assert mouth(AT_REST) == 0
    assert mouth(AvatarFace(jaw=1.0)) > 3 * mouth(AvatarFace(jaw=0.3)) > 0


def brow_rows(face: AvatarFace) -> tuple[float, float]:
    """Rows of the dark pixels above the eyes: at the left brow's inner and outer half."""
    picture = rgb(face)
    above = picture[: int(0.44 * len(picture))]
    y, x = np.nonzero((above.max(axis=2) < 90) & (above.max(axis=2) > 0))
    near = np.abs(x - picture.shape[1] / 2) / picture.shape[1]
    left = (x > picture.shape[1] / 2) & (near < 0.26)
    return float(y[left & (near < 0.13)].mean()), float(y[left & (near > 0.16)].mean())


def test_brows_rise_and_tilt() -> None:
    rest, raised, sad = (brow_rows(AvatarFace(**values)) for values in ({}, {"brow_left": 1.0}, {"brow_tilt": 1.0}))
    assert raised[1] < rest[1] - 2
    assert sad[0] < rest[0] - 1
    assert sad[1] > rest[1] + 1


def test_the_shell_hides_where_the_head_is() -> None:
    parts = shaded(fox(AT_REST, AWAY), CAMERA)
    window = window_of(parts, CAMERA)
    assert window is not None
    window = window.finer(1.0)
    drawn = picture_of(parts, CAMERA, window, empty_depth(window))[..., 3] > 127
    hides = depth_of([fox_shell(AWAY)], CAMERA, window) < 1
    assert (drawn & hides).sum() / (drawn | hides).sum() > 0.99


def test_follows_the_pose_and_is_as_large_as_a_head() -> None:
    pose = np.eye(4)
    pose[:3, 3] = 5, -3, -60
    vertices = fox(AT_REST, pose).vertices
    assert vertices.mean(axis=0)[:2] == pytest.approx([5, -2], abs=0.5)
    assert 22 < np.ptp(vertices[:, 0]) < 28
