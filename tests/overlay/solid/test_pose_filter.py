"""The filter of a head's pose: steady at rest, quick in motion."""

from __future__ import annotations

import math

import numpy as np
import pytest

from emoar.overlay.solid.pose_filter import PoseFilter


def pose(x_cm: float = 0.0, turn_rad: float = 0.0) -> np.ndarray:
    matrix = np.eye(4, dtype=np.float32)
    cos, sin = math.cos(turn_rad), math.sin(turn_rad)
    matrix[:3, :3] = [[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]]
    matrix[:3, 3] = x_cm, 0, -60
    return matrix


def turn_of(matrix: np.ndarray) -> float:
    return math.atan2(matrix[0, 2], matrix[0, 0])


def test_removes_noise_at_rest() -> None:
    rng = np.random.default_rng(1)
    filtered, raw = PoseFilter(), []
    found = []
    for i in range(120):
        raw.append(pose(0.05 * rng.standard_normal(), 0.005 * rng.standard_normal()))
        found.append(filtered.filter(raw[-1], i / 30))
    for of in (lambda m: m[0, 3], turn_of):
        assert np.std([of(m) for m in found[20:]]) < 0.75 * np.std([of(m) for m in raw[20:]])


def test_follows_fast_motion() -> None:
    filtered = PoseFilter()
    for i in range(30):
        found = filtered.filter(pose(2.0 * i, 0.05 * i), i / 30)
    assert found[0, 3] == pytest.approx(58, abs=0.6)
    assert turn_of(found) == pytest.approx(1.45, abs=0.03)
    np.testing.assert_allclose(found[:3, :3] @ found[:3, :3].T, np.eye(3), atol=1e-6)


def test_begins_again_after_a_jump_a_pause_and_in_the_past() -> None:
    filtered = PoseFilter()
    filtered.filter(pose(0), 0)
    assert filtered.filter(pose(30), 0.03)[0, 3] == 30
    assert filtered.filter(pose(31), 1.0)[0, 3] == 31
    assert filtered.filter(pose(32), 0.5)[0, 3] == 32


def test_the_same_scene_again_changes_nothing() -> None:
    filtered = PoseFilter()
    filtered.filter(pose(0), 0)
    once = filtered.filter(pose(1), 0.03)
    assert filtered.filter(pose(1), 0.03) is once
    assert 0 < once[0, 3] < 1
