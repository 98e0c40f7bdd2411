"""Recordings in numbers: baselines, persons, and the tidy table."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from emoar.analysis.recording import Recording
from emoar.analysis.recording_summary import baseline_span, summarise, summary_rows
from emoar.analysis.segments import Segment
from emoar.errors import InputError
from emoar.session.marker import Marker

MARKERS = (Marker("rest", 0), Marker("film", 4))


def recording(rest: float = 0.2, film: float = 0.7, **changes: Any) -> Recording:
    """Ten seconds at 10 a second: face 1 all the time, face 2 for half a second; happy from 4 s on."""
    times = np.arange(100) / 10
    happy = np.where(times < 4, rest, film)
    track = np.ones(100, np.int64)
    late = times >= 9.5
    faces: dict[str, Any] = {
        "time_s": np.concatenate([times, times[late]]),
        "track_id": np.concatenate([track, track[late] * 2]),
        "usable": np.ones(105, bool),
        "label_set": np.array(["mood"] * 105),
        "label": np.where(np.concatenate([happy, happy[late]]) > 0.5, "happy", "still"),
        "mood_happy": np.concatenate([happy, happy[late]]),
        "mood_still": 1 - np.concatenate([happy, happy[late]]),
    }
    frames = {"time_s": times, "frame_index": np.arange(100)}
    return Recording("a", frames, faces | changes, {"mood": ("still", "happy")})


def test_changes_from_the_own_rest() -> None:
    found = summarise(recording(), markers=MARKERS, baseline="0-3")
    assert [segment.name for segment in found.segments] == ["rest", "film"]
    (person,) = found.persons
    assert (person.name, found.brief, found.baseline, found.notes) == ("face 1", 1, "0 to 3 s", ())
    assert person.baseline is not None
    np.testing.assert_allclose(person.baseline, [0.8, 0.2])
    rest, film = person.segments
    unchanged = rest.of("happy").change
    assert unchanged is not None
    assert (unchanged.value, unchanged.low, unchanged.high) == pytest.approx((0, 0, 0))
    change = film.of("happy").change
    assert change is not None
    assert change.value == pytest.approx(0.5)
    assert person.whole.shares == pytest.approx({"still": 0.4, "happy": 0.6, "unsure": 0})


def test_the_rest_that_the_browser_measured() -> None:
    measured = replace(recording(), rest={1: np.array([0.9, 0.1])})
    found = summarise(measured, markers=MARKERS)
    assert found.baseline == "measured by the browser"
    change = found.persons[0].segments[1].of("happy").change
    assert change is not None
    assert change.value == pytest.approx(0.6)
    own = summarise(measured, markers=MARKERS, baseline="rest").persons[0].baseline
    assert own is not None
    np.testing.assert_allclose(own, [0.8, 0.2], err_msg="what is asked for goes first")


def test_without_a_baseline_nothing_is_relative() -> None:
    found = summarise(recording())
    assert found.baseline == ""
    assert found.persons[0].segments[0].of("happy").change is None


def test_a_person_who_is_away_in_the_baseline() -> None:
    usable = np.ones(105, bool)
    usable[:40] = False
    found = summarise(recording(usable=usable), markers=MARKERS, baseline="rest")
    assert found.persons[0].baseline is None
    assert found.notes == ("face 1 cannot be classified in the baseline: no change from rest is shown",)


def test_faces_get_names() -> None:
    found = summarise(recording(), persons={1: "Ada", 2: "Ada"})
    assert ([person.name for person in found.persons], found.brief) == (["Ada"], 0)
    with pytest.raises(InputError, match="a has no face 7"):
        summarise(recording(), persons={7: "Ada"})


@pytest.mark.parametrize(("text", "expected"), [("0-3", (0, 3)), (" 1.5 - 4 ", (1.5, 4)), ("film", (4, 10))])
def test_baselines(text: str, expected: tuple[float, float]) -> None:
    assert baseline_span(text, [Segment("rest", 0, 4), Segment("film", 4, 10)]) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [("3-3", "must end after"), ("talk", r"or a segment \(rest\), got 'talk'"), ("", "must be a time")],
)
def test_baselines_that_are_none(text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        baseline_span(text, [Segment("rest", 0, 4)])


def test_a_baseline_outside_the_recording() -> None:
    with pytest.raises(InputError, match=r"--baseline 50-60 is outside a, which goes to 10\.0 s"):
        summarise(recording(), baseline="50-60")


def test_the_tidy_table_has_a_row_a_person_segment_and_label() -> None:
    rows = list(summary_rows(summarise(recording(), markers=MARKERS, baseline="rest")))
    assert [(row["segment"], row["label"]) for row in rows] == [
        ("rest", "still"),
        ("rest", "happy"),
        ("film", "still"),
        ("film", "happy"),
    ]
    last = rows[-1]
    assert (last["recording"], last["person"], last["classified_share"]) == ("a", "face 1", 1.0)
    assert (last["mean"], last["change"], last["peak"]) == pytest.approx((0.7, 0.5, 0.7))
    assert last["area_above_baseline"] == pytest.approx(0.5 * 6)
    assert last["raw_mean"] is None
