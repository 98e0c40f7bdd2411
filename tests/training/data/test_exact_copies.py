"""Groups of images with the same pixels."""

from __future__ import annotations

import numpy as np

from emoar.training.data.exact_copies import exact_copies


def test_copies_are_grouped_by_their_positions() -> None:
    images = np.arange(5, dtype=np.uint8)[[0, 1, 0, 2, 1, 0], None, None] * np.ones((8, 8), np.uint8)
    assert exact_copies(images) == [[0, 2, 5], [1, 4]]


def test_one_grey_level_makes_another_picture() -> None:
    images = np.zeros((2, 8, 8, 3), np.uint8)
    images[1, 3, 3, 2] = 1
    assert exact_copies(images) == []
    assert exact_copies(images[:0]) == []
