"""The second prediction of a face of which the heads are sure counts as the same as theirs."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.labels import DEFAULT_HEADS
from emoar.models.second import blended, second_share


def heads(ferplus: float, fer2013: float = 1.0) -> dict[str, np.ndarray]:
    """The largest probability of each head is that; the rest is shared by the others."""
    found = {}
    for (name, labels), largest in zip(DEFAULT_HEADS.items(), (ferplus, fer2013), strict=True):
        found[name] = np.array([largest, *[(1 - largest) / (len(labels) - 1)] * (len(labels) - 1)], np.float32)
    return found


@pytest.mark.parametrize(("largest", "share"), [(0.3, 1), (0.85, 1), (0.875, 0.5), (0.89, 0.2), (0.9, 0), (1.0, 0)])
def test_it_tells_less_the_surer_the_head_is(largest: float, share: float) -> None:
    assert second_share(heads(largest)) == pytest.approx(share, abs=1e-5)


def test_the_head_that_is_less_sure_counts() -> None:
    assert second_share(heads(0.95, 0.5)) == 1
    assert second_share(heads(0.5, 0.95)) == 1
    assert second_share(heads(0.95, 0.91)) == 0
    assert second_share({"custom": np.array([0.99, 0.01])}) == 1  # no published set


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_the_rest_counts_as_the_same_as_the_face(share: float) -> None:
    face, second = heads(0.8, 0.4), heads(0.6, 0.9)
    for name, values in blended(face, second, share).items():
        assert values.dtype == np.float32
        np.testing.assert_allclose(values, (1 - share) * face[name] + share * second[name], atol=1e-6)
