"""The measures of a face."""

from __future__ import annotations

from emoar.events.osc.measures import measures_of
from emoar.types import Face

from ..test_detector import face


def measured(of: Face, **measures: float) -> Face:
    """The same face with measures."""
    object.__setattr__(of, "measures", measures)
    return of


def test_a_face_without_measures_has_none() -> None:
    assert measures_of(face()) == {}
    assert measures_of(measured(face(), jawOpen=0.5)) == {"jawOpen": 0.5}
