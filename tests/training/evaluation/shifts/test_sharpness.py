"""Blur, fewer pixels and compression: what they keep and what they remove."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.errors import InputError
from emoar.training.evaluation.shifts.sharpness import blur, jpeg, motion_blur, resolution

RNG = np.random.default_rng(0)


def impulse(side: int) -> np.ndarray:
    face = np.zeros((side, side), np.uint8)
    face[side // 2, side // 2] = 255
    return face


def stripes(side: int = 48) -> np.ndarray:
    return np.tile(np.uint8([0, 0, 255, 255]), (side, side // 4))


@pytest.mark.parametrize("change", [blur(1.5), motion_blur(7), resolution(20), jpeg(15)])
@pytest.mark.parametrize("shape", [(48, 48), (48, 48, 3), (64, 64)])
def test_an_even_crop_stays_as_it_is(change: object, shape: tuple[int, ...]) -> None:
    even = np.full(shape, 100, np.uint8)
    changed = change(even, RNG)
    assert changed.shape == shape
    assert changed.dtype == np.uint8
    assert np.abs(changed.astype(int) - 100).max() <= 3  # JPEG rounds the mean of a block


@pytest.mark.parametrize("change", [blur(1.5), motion_blur(7), resolution(14)])
def test_fine_stripes_disappear(change: object) -> None:
    assert change(stripes(), np.random.default_rng(3)).astype(float).std() < 0.7 * stripes().astype(float).std()


def test_blur_scales_with_the_crop() -> None:
    widths = [(blur(2)(impulse(side), RNG) > 0).sum() for side in (48, 96)]
    assert widths[1] > 2 * widths[0]


def test_motion_blur_keeps_a_straight_path_of_its_length() -> None:
    for seed in range(10):
        bright = np.argwhere(motion_blur(9)(impulse(48), np.random.default_rng(seed)) > 0) - 24
        assert np.linalg.norm(bright, axis=1).max() == pytest.approx(4.5, abs=0.8)
        assert np.linalg.matrix_rank(bright @ bright.T, tol=4.0) == 1  # along one line, but for rounding


def test_fewer_pixels_are_the_means_of_blocks() -> None:
    face = np.repeat(np.repeat(np.uint8([[0, 100], [200, 50]]), 24, axis=0), 24, axis=1)
    small = resolution(2)(face, RNG)
    assert [small[0, 0], small[0, -1], small[-1, 0], small[-1, -1]] == [0, 100, 200, 50]
    assert int(small[24, 24]) == pytest.approx(87, abs=3)  # bilinear between the four


def test_jpeg_of_low_quality_keeps_less() -> None:
    face = np.random.default_rng(1).integers(0, 256, (48, 48), np.uint8)
    errors = [np.abs(jpeg(quality)(face, RNG).astype(int) - face).mean() for quality in (95, 40, 10)]
    assert errors == sorted(errors)
    assert errors[0] < errors[2] / 2


def test_jpeg_keeps_red_red() -> None:
    red = np.zeros((16, 16, 3), np.uint8)
    red[..., 0] = 200
    middle = jpeg(90)(red, RNG)[8, 8].tolist()
    assert middle[0] > 180
    assert max(middle[1:]) < 20


def test_a_quality_that_jpeg_does_not_have_is_refused() -> None:
    with pytest.raises(InputError, match="quality must be 1 to 100, got 0"):
        jpeg(0)
