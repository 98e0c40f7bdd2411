"""Options of the readers are checked."""

from __future__ import annotations

import pytest

from emoar.errors import InputError
from emoar.labels import LABEL_SETS
from emoar.training.data.options import LABEL_CHOICES, ReadOptions


def test_every_label_set_can_be_chosen() -> None:
    assert ("auto", *LABEL_SETS, "custom") == LABEL_CHOICES
    for labels in LABEL_CHOICES:
        assert ReadOptions(labels=labels).labels == labels


@pytest.mark.parametrize("size_px", [8, 48, 1024])
def test_sizes_within_the_limits(size_px: int) -> None:
    assert ReadOptions(size_px=size_px).size_px == size_px


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"labels": "feelings"}, "labels must be one of auto, ferplus, fer2013, custom, got 'feelings'"),
        ({"size_px": 7}, r"size_px must be within 8\.\.1024, got 7"),
        ({"size_px": 1025}, r"size_px must be within 8\.\.1024, got 1025"),
    ],
)
def test_other_values_are_refused(options: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        ReadOptions(**options)  # type: ignore[arg-type]
