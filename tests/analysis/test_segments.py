"""Segments out of markers."""

from __future__ import annotations

import pytest

from emoar.analysis.segments import Segment, segments_of
from emoar.session.marker import Marker


def spans(*markers: Marker) -> list[tuple[str, float, float]]:
    return [(each.name, each.start_s, each.end_s) for each in segments_of(markers, 0, 10)[0]]


def test_segments_go_from_marker_to_marker() -> None:
    assert spans() == [("whole recording", 0, 10)]
    assert spans(Marker("b", 6), Marker("a", 2)) == [("start", 0, 2), ("a", 2, 6), ("b", 6, 10)]
    assert spans(Marker("a", 0)) == [("a", 0, 10)]
    assert spans(Marker("a", 4), Marker("b", 4)) == [("start", 0, 4), ("b", 4, 10)]
    assert Segment("a", 1, 3).length_s == 2


def test_a_marker_with_an_end_stands_for_itself() -> None:
    assert spans(Marker("film", 2, 5)) == [("film", 2, 5)]
    assert spans(Marker("film", 2, 5), Marker("talk", 6)) == [("film", 2, 5), ("talk", 6, 10)]
    assert spans(Marker("film", -3, 50)) == [("film", 0, 10)]


def test_names_that_occur_again_get_a_number() -> None:
    assert [name for name, *_ in spans(Marker("trial", 0), Marker("trial", 2), Marker("trial", 5))] == [
        "trial",
        "trial (2)",
        "trial (3)",
    ]


@pytest.mark.parametrize(
    "marker", [Marker("late", 10), Marker("late", 99), Marker("early", -2), Marker("early", -3, -1)]
)
def test_markers_outside_are_left_out_with_a_note(marker: Marker) -> None:
    found, notes = segments_of([marker, Marker("a", 0)], 0, 10)
    assert [each.name for each in found] == ["a"]
    assert len(notes) == 1
    assert f"marker {marker.name!r} at {marker.time_s:g} s is outside the recording, 0 to 10.0 s" in notes[0]


def test_segments_that_overlap_stay_with_a_note() -> None:
    found, notes = segments_of([Marker("a", 1, 5), Marker("b", 4, 6)], 0, 10)
    assert [(each.start_s, each.end_s) for each in found] == [(1, 5), (4, 6)]
    assert notes == ["segments 'a' and 'b' overlap by 1.0 s: what lies in both counts for both"]
