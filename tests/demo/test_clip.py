"""The demo clip: deterministic, and its truth is where the faces are."""

from __future__ import annotations

import math
from contextlib import closing

import numpy as np
import pytest

from emoar import models
from emoar.demo import people as people
from emoar.demo.clip import DEMO_FPS, DEMO_FRAMES, TrueFace, demo_clip, demo_truth
from emoar.errors import DependencyMissing
from emoar.geometry import Region
from emoar.perception.mesh import FaceMesh

NAMES = ("hopper", "astronaut")


def paths(name: str) -> list[TrueFace]:
    return [demo_truth(index)[name] for index in range(DEMO_FRAMES)]


def test_frames_have_size_times_and_indices() -> None:
    frames = list(demo_clip((0, 1, 299)))
    assert [frame.index for frame in frames] == [0, 1, 299]
    assert [frame.time_s for frame in frames] == [0, 1 / DEMO_FPS, 299 / DEMO_FPS]
    assert all(frame.image.shape == (720, 1280, 3) for frame in frames)


def test_no_frames() -> None:
    assert list(demo_clip(())) == []


def test_a_frame_depends_on_its_index_alone() -> None:
    after_others = list(demo_clip((3, 200, 117)))[-1]
    alone = next(iter(demo_clip((117,))))
    np.testing.assert_array_equal(after_others.image, alone.image)


@pytest.mark.parametrize("package", ["skimage", "matplotlib"])
def test_missing_package_is_told_at_once(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    known = people.find_spec
    people.cutout.cache_clear()
    monkeypatch.setattr(people, "find_spec", lambda name: None if name == package else known(name))
    with pytest.raises(DependencyMissing, match=rf"{package}.*pip install 'emoar\[demo\]'"):
        demo_clip()


@pytest.mark.parametrize("name", NAMES)
def test_faces_move_smoothly(name: str) -> None:
    centres = np.array([face.centre_px for face in paths(name)])
    steps_px = np.hypot(*np.diff(centres, axis=0).T)
    assert 3 < steps_px.max() < 20  # at 30 frames a second
    assert np.abs(np.diff(steps_px)).max() < 3


@pytest.mark.parametrize("name", NAMES)
def test_faces_scale_and_tilt(name: str) -> None:
    widths_px = [face.face_scale_px for face in paths(name)]
    rolls_deg = [face.roll_deg for face in paths(name)]
    assert min(widths_px) >= 90
    assert max(widths_px) <= 260
    assert max(widths_px) / min(widths_px) > 1.4
    assert min(rolls_deg) < -12
    assert max(rolls_deg) > 18
    assert max(map(abs, rolls_deg)) < 30


def test_faces_cross_with_partial_overlap() -> None:
    hopper, astronaut = (np.array([face.centre_px for face in paths(name)[:170]]) for name in NAMES)
    apart = hopper - astronaut
    assert apart[0, 0] > 400
    assert apart[-1, 0] < -400
    closest_px = np.hypot(*apart.T).min()
    assert 100 < closest_px < 220  # hair over the chin and mouth of the other, never over the eyes


def test_one_leaves_and_returns() -> None:
    visible = "".join("x" if face.visible else "." for face in paths("hopper"))
    away = visible.strip("x")
    assert visible.startswith("x" * 150)
    assert visible.endswith("x" * 30)
    assert set(away) == {"."}
    assert 0.7 * DEMO_FPS <= len(away) <= 2 * DEMO_FPS
    assert all(face.visible for face in paths("astronaut"))


@pytest.mark.parametrize("index", [0, 45, 100, 160, 240, 255, 299])
def test_truth_is_where_the_mesh_finds_the_faces(index: int) -> None:
    frame = next(iter(demo_clip((index,))))
    with closing(FaceMesh(models.model_path("face_landmark"))) as mesh:
        for name, true in demo_truth(index).items():
            x, y = true.centre_px
            fit = mesh.fit(frame.image, Region(x, y, 1.65 * true.face_scale_px, math.radians(true.roll_deg)))
            points = fit.landmarks_px[:, :2]
            centre = (points.min(axis=0) + points.max(axis=0)) / 2
            eyes = points[263] - points[33]
            assert fit.presence > 0.8, name
            assert np.hypot(*(centre - true.centre_px)) < 0.12 * true.face_scale_px, name
            assert np.hypot(*(points.mean(axis=0) - true.centroid_px)) < 0.04 * true.face_scale_px, name
            assert abs(math.degrees(math.atan2(eyes[1], eyes[0])) - true.roll_deg) < 4, name
