"""The browser's session export: `browser_session.json` is what web/src/session/export.test.ts writes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from emoar.analysis.read import read_recording
from emoar.analysis.recording import face_series
from emoar.errors import InputError
from emoar.session.marker import Marker

EXPORT = Path(__file__).with_name("browser_session.json")


def test_the_export_is_read_as_it_is() -> None:
    recording = read_recording(EXPORT)
    assert recording.began == "2026-01-02T03:04:05.000Z"
    assert recording.markers == (Marker("question 2", 2.0),)
    assert recording.persons == {1: "face 1", 2: "Ada"}
    assert (recording.label_set, recording.source) == ("ferplus", "browser")
    first, ada = face_series(recording)
    assert (first.face, ada.face) == ("face 1", "Ada")
    np.testing.assert_array_equal(first.of("happiness"), [0.1, 0.1, 0.9, np.nan])
    np.testing.assert_array_equal(ada.times_s, [0.5, 1.5, 2.5, 3.5])
    assert list(recording.rest) == [1]
    np.testing.assert_allclose(recording.rest[1][:2], [0.9, 0.1])
    assert recording.frames["time_s"][-1] == 4.0, "its length"


def test_raw_and_smoothed() -> None:
    recording = read_recording(EXPORT)
    assert recording.has_raw
    for raw in face_series(recording, raw=True):
        np.testing.assert_array_equal(raw.of("happiness"), [0.2, np.nan, 1.0, np.nan])


def test_an_export_without_raw_probabilities(tmp_path: Path) -> None:
    document = json.loads(EXPORT.read_text())
    for sample in document["samples"]:
        sample.pop("raw_probabilities", None)
    path = tmp_path / "earlier.json"
    path.write_text(json.dumps(document))
    recording = read_recording(path)
    assert not recording.has_raw
    np.testing.assert_array_equal(face_series(recording)[0].of("happiness"), [0.1, 0.1, 0.9, np.nan])


def test_one_person_with_two_tracks(tmp_path: Path) -> None:
    document = json.loads(EXPORT.read_text())
    document["faces"] = [{"face": 1, "name": None, "tracks": [1, 2]}]
    path = tmp_path / "joined.json"
    path.write_text(json.dumps(document))
    (person,) = face_series(read_recording(path))
    assert len(person.times_s) == 8
    assert sorted(read_recording(path).rest) == [1, 2]


def test_an_export_with_a_part_missing(tmp_path: Path) -> None:
    document = json.loads(EXPORT.read_text())
    del document["samples"][0]["ferplus"]["fear"]
    path = tmp_path / "broken.json"
    path.write_text(json.dumps(document))
    with pytest.raises(InputError, match="is not complete: KeyError"):
        read_recording(path)
