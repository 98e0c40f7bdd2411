"""The one sentence about a face."""

from __future__ import annotations

import pytest

from emoar.overlay.describe import describe_expression, describe_face

from .conftest import MakeFace


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({}, "happiness 82 %"),
        ({"label": "happy", "label_set": "fer2013"}, "happy 82 %"),
        ({"label": "unsure"}, "unsure"),
        ({"reasons": ("too small",)}, "skipped: too small"),
        ({"reasons": ("too small", "blurred")}, "skipped: too small, blurred"),
    ],
)
def test_a_face_in_words(options: dict[str, object], sentence: str, make_face: MakeFace) -> None:
    assert describe_face(make_face(**options)) == sentence


@pytest.mark.parametrize(
    ("confidence", "percent"), [(0.0, "0 %"), (0.984, "98 %"), (0.994, "99 %"), (0.996, "99 %"), (1.0, "99 %")]
)
def test_the_parts_of_a_face_in_words(confidence: float, percent: str) -> None:
    assert describe_expression("anger", confidence, []) == f"anger {percent}"
