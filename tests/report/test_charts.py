"""Charts of recordings: what they draw, and how large they get."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("matplotlib", reason="charts need matplotlib: pip install 'emoar[report]'")

from emoar.analysis.segments import Segment
from emoar.analysis.series import FaceSeries
from emoar.analysis.summary import summarise_segment
from emoar.report.charts import changes, colour_of, comparison, shares, timeline
from emoar.report.figure import LIGHT, page_svg

LABELS = ("neutral", "happiness")


def series(count: int, step_s: float = 0.1) -> FaceSeries:
    """Happy in the second half; every tenth value is not usable."""
    times = np.arange(count) * step_s
    happy = np.where(times < times[-1] / 2, 0.1, 0.9)
    happy[::10] = np.nan
    label = np.where(np.isnan(happy), -1, happy > 0.5).astype(np.int64)
    return FaceSeries("face 1", LABELS, times, np.stack([1 - happy, happy], axis=1), label)


def test_colours_are_those_of_the_category() -> None:
    assert colour_of("happy", ("happy", "sad")) == colour_of("joy", ("joy",)) == LIGHT["happiness"]
    own = ("bored", "keen", "neutral")
    assert colour_of("bored", own) != colour_of("keen", own)
    assert colour_of("unsure", own) == LIGHT["unsure"]
    assert colour_of("unknown", own) == LIGHT["muted"]


def test_a_long_recording_is_no_larger_a_drawing() -> None:
    hour = timeline(series(36_000), None, [Segment("all", 0, 3600)], (0, 3600), LABELS)
    minute = timeline(series(600), None, [Segment("all", 0, 60)], (0, 60), LABELS)
    large, small = page_svg(hour), page_svg(minute)
    assert len(large) < 150_000
    assert "60:00" in large
    assert "60 s" in small
    assert "var(--happiness)" in small


def test_segments_are_bars_and_changes_whiskers() -> None:
    data = series(100)
    parts = [
        summarise_segment(data, Segment(name, start, start + 5), baseline=np.array([0.9, 0.1]))
        for name, start in (
            ("first", 0.0),
            ("second", 5.0),
            ("nobody", 20.0),
        )
    ]
    bars, whiskers = page_svg(shares(parts, LABELS)), page_svg(changes(parts, LABELS))
    assert bars.count("% classified") == 2
    assert "not seen" in bars
    for name in ("first", "second", "nobody"):
        assert name in bars
        assert name in whiskers
    assert "+80" in whiskers


def test_persons_are_lines() -> None:
    svg = page_svg(comparison("happiness", ["rest", "film"], {"Ada": [0.0, 0.4], "Ben": [0.1, np.nan]}, relative=True))
    assert "Ada" in svg
    assert "Ben" in svg
    assert "points from rest" in svg
