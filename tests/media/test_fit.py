"""Pictures brought to a size."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.media.fit import padded_to_fit, scaled_to_fit


@pytest.mark.parametrize("size", [(8, 6), (16, 12), (4, 3), (8, 12), (16, 6), (1, 1), (1, 100), (100, 1)])
def test_every_size_fits(size: tuple[int, int]) -> None:
    image = np.full((size[1], size[0], 3), 200, np.uint8)
    fitted = scaled_to_fit(image, 8, 6)
    assert fitted.shape == (6, 8, 3)
    assert fitted.max() == 200


def test_the_shape_is_kept_with_black_beside_it() -> None:
    fitted = scaled_to_fit(np.full((20, 10, 3), 200, np.uint8), 40, 20)
    assert fitted[10].max(axis=1).tolist() == [0] * 15 + [200] * 10 + [0] * 15


def test_the_right_size_is_the_same_array() -> None:
    image = np.zeros((6, 8, 3), np.uint8)
    assert scaled_to_fit(image, 8, 6) is image
    assert padded_to_fit(image, 8, 6) is image


def test_one_pixel_is_padded() -> None:
    image = np.arange(5 * 7 * 3, dtype=np.uint8).reshape(5, 7, 3)
    padded = padded_to_fit(image, 8, 6)
    np.testing.assert_array_equal(padded[:5, :7], image)
    np.testing.assert_array_equal(padded[5, 7], image[4, 6])
