"""Series of persons out of the tables of a recording."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from emoar.analysis.recording import Recording, face_series
from emoar.errors import InputError

HAPPY = [0.9, 0.2, 0.8, 0.7]


def recording(**changes: Any) -> Recording:
    """Track 2 at 0 and 1 s, track 5 at 2 and 3 s; the second one is not usable."""
    happy = np.array(HAPPY)
    faces: dict[str, Any] = {
        "time_s": np.array([0.0, 1, 2, 3]),
        "track_id": np.array([2, 2, 5, 5]),
        "usable": np.array([True, False, True, True]),
        "label_set": np.array(["mood"] * 4),
        "label": np.array(["happy", "happy", "unsure", "happy"]),
        "mood_sad": 1 - happy,
        "mood_happy": happy,
        **changes,
    }
    return Recording("a", {"time_s": np.array([0.0, 1, 2, 3])}, faces, {"mood": ("sad", "happy")})


def test_tracks_are_persons_until_somebody_names_them() -> None:
    first, second = face_series(recording())
    assert (first.face, second.face, first.labels) == ("face 2", "face 5", ("sad", "happy"))
    np.testing.assert_array_equal(first.of("happy"), [0.9, np.nan])
    assert first.label.tolist() == [1, -1]
    assert second.label.tolist() == [-1, 1]

    (ada,) = face_series(recording(), persons={2: "Ada", 5: "Ada"})
    assert (ada.face, ada.times_s.tolist()) == ("Ada", [0, 1, 2, 3])
    names = replace(recording(), persons={5: "Ben", 2: "Ada"})
    assert [series.face for series in face_series(names, persons={5: "Bo"})] == ["Ada", "Bo"]


def test_two_tracks_of_one_person_at_the_same_time() -> None:
    both = recording(time_s=np.array([0.0, 1, 1, 2]))
    (ada,) = face_series(both, persons={2: "Ada", 5: "Ada"})
    assert ada.times_s.tolist() == [0, 1, 2]


def test_raw_probabilities() -> None:
    raw = np.array([0.5, 0.5, np.nan, 0.25])
    first, second = face_series(recording(raw_mood_sad=1 - raw, raw_mood_happy=raw), raw=True)
    np.testing.assert_array_equal(first.of("happy"), [0.5, np.nan])
    np.testing.assert_array_equal(second.of("happy"), [np.nan, 0.25])
    with pytest.raises(InputError, match="no raw probabilities"):
        face_series(recording(), raw=True)


def test_a_recording_with_two_models() -> None:
    with pytest.raises(InputError, match="the label set changes"):
        face_series(recording(label_set=np.array(["mood", "mood", "mood", "other"])))


def test_nobody() -> None:
    empty = {name: column[:0] for name, column in recording().faces.items()}
    assert face_series(Recording("a", {"time_s": np.array([0.0])}, empty, {"mood": ("sad", "happy")})) == []
