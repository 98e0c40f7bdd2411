"""Size and colour of crops."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.training.data.options import ReadOptions
from emoar.training.data.resize import fitted, resized

GREY = np.arange(16, dtype=np.uint8).reshape(4, 4) * 16


def test_a_crop_that_fits_keeps_its_pixels() -> None:
    np.testing.assert_array_equal(resized(GREY, 4, colour=False), GREY)
    np.testing.assert_array_equal(resized(GREY, 4, colour=True), np.repeat(GREY[..., None], 3, axis=-1))


def test_a_smaller_crop_is_the_mean_of_its_pixels() -> None:
    np.testing.assert_array_equal(resized(GREY, 2, colour=False), [[40, 72], [168, 200]])


@pytest.mark.parametrize("shape", [(4, 4), (6, 9), (6, 9, 3)])
@pytest.mark.parametrize(("colour", "expected"), [(False, (8, 8)), (True, (8, 8, 3))])
def test_any_crop_becomes_a_square_of_the_size(
    shape: tuple[int, ...], expected: tuple[int, ...], *, colour: bool
) -> None:
    found = resized(np.full(shape, 70, np.uint8), 8, colour=colour)
    assert (found.shape, found.dtype) == (expected, np.uint8)
    assert (found == 70).all()


def test_datasets_are_changed_only_where_an_option_asks_for_it() -> None:
    images = np.zeros((3, 4, 4), np.uint8)
    assert fitted(images, ReadOptions()) is images
    assert fitted(images, ReadOptions(colour=False)) is images
    assert fitted(images, ReadOptions(size_px=8)).shape == (3, 8, 8)
    assert fitted(images, ReadOptions(colour=True)).shape == (3, 4, 4, 3)
