"""Degradations: what each takes away, and that they are reproducible."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from emoar.training.loop.degrade import degrade
from emoar.training.recipe import Augmentation

ALL = {"exposure": 1.0, "downscale": 1.0, "jpeg": 1.0, "occlusion": 1.0, "glare": 1.0}


def textured(count: int, side: int = 48) -> np.ndarray:
    """(N, S, S) crops with fine detail and a mid grey."""
    rng = np.random.default_rng(3)
    return np.clip(120 + rng.normal(0, 25, (count, side, side)), 0, 255).astype(np.float32)


def seeds(count: int, first: int = 0) -> np.ndarray:
    return np.arange(count) + first


def test_without_settings_nothing_changes() -> None:
    faces = textured(3)
    assert degrade(faces, Augmentation(rotation_deg=20, blur=1.0), seeds(3)) is faces


@pytest.mark.parametrize("shape", [(48, 48), (96, 96), (48, 48, 3)])
@pytest.mark.parametrize("name", [*ALL, "all"])
def test_faces_keep_shape_and_range_and_depend_on_their_seed_alone(name: str, shape: tuple[int, ...]) -> None:
    settings = Augmentation(**(ALL if name == "all" else {name: 1.0}))
    faces = np.random.default_rng(1).uniform(0, 255, (6, *shape)).astype(np.float32)
    out = degrade(faces, settings, seeds(6))
    assert out.shape == faces.shape
    assert out.dtype == np.float32
    assert np.isfinite(out).all()
    assert 0 <= out.min() <= out.max() <= 255
    assert (np.abs(out - faces).reshape(6, -1).max(axis=1) > 1).all()
    np.testing.assert_array_equal(degrade(faces[2:4], settings, seeds(6)[2:4]), out[2:4])
    assert not np.array_equal(degrade(faces, settings, seeds(6, 100)), out)


def test_a_probability_is_the_share_of_faces_that_change() -> None:
    faces = textured(600)
    changed = (degrade(faces, Augmentation(jpeg=0.3), seeds(600)) != faces).any(axis=(1, 2))
    assert changed.mean() == pytest.approx(0.3, abs=0.07)


def test_exposures_reach_from_the_dark_to_clipped_white_in_whole_grey_levels() -> None:
    out = degrade(np.full((300, 48, 48), 180, np.float32), Augmentation(exposure=1.0), seeds(300))
    np.testing.assert_array_equal(out, np.rint(out))
    means = out.mean(axis=(1, 2))
    assert means.min() < 12
    assert means.max() > 250


def test_small_faces_lose_detail_and_keep_their_brightness() -> None:
    faces = textured(100)
    out = degrade(faces, Augmentation(downscale=1.0), seeds(100))
    before, after = (np.array([cv2.Laplacian(face, cv2.CV_32F).var() for face in each]) for each in (faces, out))
    assert (after < 0.5 * before).all()
    np.testing.assert_allclose(out.mean(axis=(1, 2)), faces.mean(axis=(1, 2)), atol=3)


def test_a_cover_hides_some_of_the_face_and_never_all_of_it() -> None:
    faces = textured(300)
    same = (degrade(faces, Augmentation(occlusion=1.0), seeds(300)) == faces).mean(axis=(1, 2))
    assert same.min() > 0.3
    assert np.median(same) < 0.95


def test_glare_only_brightens_and_stays_at_the_height_of_the_eyes() -> None:
    faces = textured(200)
    change = degrade(faces, Augmentation(glare=1.0), seeds(200)) - faces
    assert change.min() >= 0
    rows = change.mean(axis=(0, 2))
    assert rows[8:26].sum() > 0.9 * rows.sum()
