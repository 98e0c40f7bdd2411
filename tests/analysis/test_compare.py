"""Several recordings beside each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emoar.analysis.compare import one_value_each, shared_segments
from emoar.analysis.recording_summary import RecordingSummary, summarise
from emoar.session.marker import Marker

from .test_recording_summary import MARKERS, recording


def test_recordings_are_compared_by_person_and_segment() -> None:
    def of(name: str, film: float, *more: Marker) -> RecordingSummary:
        found = replace(recording(film=film), name=name)
        return summarise(found, markers=(*MARKERS, *more), baseline="rest")

    both = [of("p1", 0.7), of("p2", 0.4, Marker("talk", 8))]
    segments = shared_segments(both)
    assert segments == ["rest", "film"]
    values = one_value_each(both, segments, relative=True)
    assert list(values["happy"]) == ["p1", "p2"]
    assert values["happy"]["p1"] == pytest.approx([0, 0.5])
    assert values["happy"]["p2"] == pytest.approx([0, 0.2])
    assert one_value_each(both, segments, relative=False)["happy"]["p2"] == pytest.approx([0.2, 0.4])
    assert shared_segments([]) == []


def test_a_segment_that_was_hardly_classified_has_no_value() -> None:
    usable = np.ones(105, bool)
    usable[45:] = False
    found = summarise(recording(usable=usable), markers=MARKERS, baseline="rest", persons={1: "Ada"})
    values = one_value_each([found], ["rest", "film"], relative=True)["happy"]["a: Ada"]
    assert values[0] == pytest.approx(0)
    assert np.isnan(values[1])
