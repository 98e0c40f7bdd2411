"""Arrays at the boundary: shape and type, and what the message names."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.arrays import black_picture, check_array
from emoar.errors import InputError


@pytest.mark.parametrize(
    ("value", "shape", "dtype"),
    [
        (np.zeros((4,), np.float32), (4,), np.float32),
        (np.zeros((7, 3), np.float32), (None, 3), np.float32),
        (np.zeros((0, 3), np.uint8), (None, None), np.uint8),
        (np.array(1.0), (), np.float64),
    ],
)
def test_arrays_that_fit(value: object, shape: tuple[int | None, ...], dtype: type) -> None:
    check_array("value", value, shape, dtype)


@pytest.mark.parametrize(
    ("value", "shape", "words"),
    [
        (np.zeros((5,), np.float32), (4,), r"box must be \(4,\) float32, got \(5,\) float32"),
        (np.zeros((4,)), (4,), r"box must be \(4,\) float32, got \(4,\) float64"),
        (np.zeros((4, 1), np.float32), (4,), r"got \(4, 1\) float32"),
        (np.zeros((2, 4), np.float32), (None, 3), r"box must be \(any, 3\) float32, got \(2, 4\) float32"),
        ([1.0, 2.0], (2,), r"box must be \(2,\) float32, got list"),
        (None, (2,), "got NoneType"),
    ],
)
def test_arrays_that_do_not_fit_are_named(value: object, shape: tuple[int | None, ...], words: str) -> None:
    with pytest.raises(InputError, match=words):
        check_array("box", value, shape, np.float32)


def test_a_black_picture_takes_no_memory() -> None:
    picture = black_picture(8000, 5000)
    assert (picture.shape, picture.dtype, picture.base is not None) == ((5000, 8000, 3), np.uint8, True)
    assert not picture.any()
    assert not picture.flags.writeable
