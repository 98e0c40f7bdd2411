"""Which faces are unlike all learned ones; `web/src/personal/head.test.ts` has the same distances."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.errors import ModelMismatch
from emoar.models.rejection import Rejection

NEAR = Rejection.of_rows([[1, 0, 0], [0, 1, 0]], [0.5, 0.5])


@pytest.mark.parametrize(
    ("features", "none"),
    [
        ([0, 1, 0], 0.0),
        ([0, 1, 0.25], 0.0067),
        ([0, 1, 0.5], 0.5),
        ([0, 1, 0.75], 0.9933),
        ([0, 1, 1], 1.0),
        ([9e9, 0, 0], 1.0),
    ],
)
def test_none_rises_around_the_radius(features: list[float], none: float) -> None:
    assert NEAR.none_of(np.array(features, np.float32)) == pytest.approx(none, abs=1e-4)


def test_the_nearest_centre_counts_in_its_own_radius() -> None:
    wide = Rejection.of_rows([[1, 0, 0], [0, 1, 0]], [0.5, 5])
    both = np.array([[1, 0, 0.75], [0, 1, 0.75]], np.float32)
    np.testing.assert_allclose(NEAR.none_of(both), [0.9933, 0.9933], atol=1e-4)
    assert (wide.none_of(both) < 0.01).all()


@pytest.mark.parametrize(
    ("centres", "radii", "message"),
    [
        ([[1, 0], [0]], [1, 1], "rows of centres must be equally long, got 1 to 2 numbers"),
        ([[1, 0], [0, 1]], [1], r"must be \(1, features\) and \(1,\), got \(2, 2\) and \(1,\)"),
        ([[1, 0], [0, 1]], [1, 0], "radii above 0"),
        ([[1, np.inf], [0, 1]], [1, 1], "centres must be finite"),
    ],
)
def test_faults(centres: list[list[float]], radii: list[float], message: str) -> None:
    with pytest.raises(ModelMismatch, match=message):
        Rejection.of_rows(centres, radii)
