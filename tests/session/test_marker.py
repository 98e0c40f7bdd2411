"""Markers of recordings."""

from __future__ import annotations

import math

import pytest

from emoar.errors import InputError
from emoar.session.marker import Marker


def test_a_marker_is_read_back() -> None:
    for marker in (Marker("question 1", 2.5), Marker("film", 0.0, 3.25)):
        assert Marker.from_dict(marker.to_dict()) == marker
    assert Marker("a\n b\t c ", 0).name == "a b c"
    assert Marker("half \ud83d", 0).name == "half ?"


@pytest.mark.parametrize(
    ("name", "time_s", "end_s", "words"),
    [
        ("", 0, None, "needs a name"),
        (" \n", 0, None, "needs a name"),
        ("x" * 201, 0, None, "1 to 200 characters"),
        ("a", math.nan, None, "number of seconds"),
        ("a", math.inf, None, "number of seconds"),
        ("a", 3, 3, "must end after its start at 3 s, got 3 s"),
        ("a", 3, math.inf, "must end after"),
    ],
)
def test_markers_that_cannot_be(name: str, time_s: float, end_s: float | None, words: str) -> None:
    with pytest.raises(InputError, match=words):
        Marker(name, time_s, end_s)


@pytest.mark.parametrize("document", [{}, {"name": "a"}, {"name": "a", "time_s": "soon"}, {"name": "", "time_s": 1}])
def test_documents_that_are_none(document: dict[str, object]) -> None:
    with pytest.raises(InputError, match="marker"):
        Marker.from_dict(document)
