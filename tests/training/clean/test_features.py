"""Gradient histograms, mesh shapes and principal components on cases with a known result."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.canonical import canonical_face
from emoar.training.clean.features import PrincipalComponents, gradient_histograms, mesh_shapes
from emoar.training.faces.landmarks import CropLandmarks


def test_a_flat_picture_has_no_gradients() -> None:
    assert gradient_histograms(np.full((2, 48, 48), 90, np.uint8)).tolist() == [[0.0] * 1568] * 2


@pytest.mark.parametrize(("direction", "downwards"), [(0, False), (4, True)])
def test_a_ramp_has_one_direction(direction: int, downwards: bool) -> None:
    """Brighter to the right is direction 0 of 8, brighter downwards a quarter turn from it."""
    ramp = np.broadcast_to(np.arange(48, dtype=np.uint8) * 5, (48, 48))
    image = np.ascontiguousarray(ramp.T if downwards else ramp)[None]
    blocks = gradient_histograms(image).reshape(7, 7, 4, 8)
    assert (blocks[..., direction] > 0.1).all()
    assert np.delete(blocks, direction, axis=-1).max() == pytest.approx(0, abs=1e-6)


def test_colour_does_not_matter() -> None:
    grey = np.random.default_rng(0).integers(0, 256, (3, 48, 48)).astype(np.uint8)
    rgb = np.repeat(grey[..., None], 3, axis=-1)
    np.testing.assert_allclose(gradient_histograms(rgb), gradient_histograms(grey), atol=1e-6)


def test_the_shape_of_a_mesh_is_free_of_place_size_and_roll() -> None:
    upright = canonical_face().vertices_cm * np.float32([4, -4, 4])
    angle = np.radians(25)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    moved = upright.copy()
    moved[:, :2] = 3 * upright[:, :2] @ turn.T + np.array([100, 50])
    shapes = mesh_shapes(CropLandmarks(np.stack([upright, moved]), np.ones(2, np.float32)))
    assert shapes.shape == (2, 936)
    np.testing.assert_allclose(shapes[0], shapes[1], atol=1e-4)
    points = shapes[0].reshape(468, 2)
    np.testing.assert_allclose(points[263] - points[33], [1, 0], atol=1e-5)  # the outer eye corners, one apart


def test_a_face_without_mesh_has_the_mean_shape() -> None:
    points = np.stack([canonical_face().vertices_cm, np.zeros((468, 3), np.float32)])
    shapes = mesh_shapes(CropLandmarks(points, np.array([1, 0], np.float32)))
    np.testing.assert_array_equal(shapes[1], shapes[0])
    nothing = mesh_shapes(CropLandmarks(points * 0, np.zeros(2, np.float32)))
    assert not nothing.any()


def test_principal_components_follow_the_largest_variance() -> None:
    rng = np.random.default_rng(0)
    along = rng.normal(0, 5, (200, 1)).astype(np.float32)
    features = along * np.float32([[0.6, 0.8, 0]]) + rng.normal(0, 0.1, (200, 3)).astype(np.float32) + 7
    projected = PrincipalComponents(features, 1)(features)
    assert projected.shape == (200, 1)
    assert abs(np.corrcoef(projected[:, 0], along[:, 0])[0, 1]) > 0.999
    assert projected.mean() == pytest.approx(0, abs=1e-4)
    assert 0.5 < projected.std() < 1.1
