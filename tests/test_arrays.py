"""Arrays are checked with a message that gives what was expected and what came."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.arrays import check_array
from emoar.errors import InputError


@pytest.mark.parametrize("shape", [(4,), (None,)])
def test_a_fitting_array_passes(shape: tuple[int | None, ...]) -> None:
    check_array("box", np.zeros(4, np.float32), shape, np.float32)


@pytest.mark.parametrize(
    ("value", "shape", "message"),
    [
        (np.zeros(5, np.float32), (4,), r"box must be \(4,\) float32, got \(5,\) float32"),
        (np.zeros(4), (4,), r"box must be \(4,\) float32, got \(4,\) float64"),
        (np.zeros((4, 1), np.float32), (4,), r"box must be \(4,\) float32, got \(4, 1\) float32"),
        (np.zeros((4, 4, 4), np.float32), (None, None, 3), r"box must be \(any, any, 3\) float32, got \(4, 4, 4\)"),
        ([1, 2], (2,), "got list"),
        (None, (2,), "got NoneType"),
    ],
)
def test_another_value_is_named(value: object, shape: tuple[int | None, ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        check_array("box", value, shape, np.float32)
