"""Praat's files, read back by praatio."""

from __future__ import annotations

from pathlib import Path

from praatio import textgrid

from emoar.analysis.recording import Recording
from emoar.exports.base import ExportOptions
from emoar.exports.textgrid import write_textgrid


def test_tiers_cover_all_of_the_time(two_faces: Recording, tmp_path: Path) -> None:
    path = tmp_path / "film.TextGrid"
    assert write_textgrid(two_faces, path, ExportOptions()) == [path]
    grid = textgrid.openTextgrid(str(path), includeEmptyIntervals=True, reportingMode="error")
    assert (grid.minTimestamp, grid.maxTimestamp) == (0, 2.1)
    assert grid.tierNames == ("face 1", "face 2", "markers")
    first = [(round(one.start, 6), round(one.end, 6), one.label) for one in grid.getTier("face 1").entries]
    assert first == [(0, 1, "happiness"), (1, 1.2, ""), (1.2, 2, "neutral"), (2, 2.1, "")]
    second = [(round(one.start, 6), round(one.end, 6), one.label) for one in grid.getTier("face 2").entries]
    assert second == [(0, 0.5, ""), (0.5, 1, "surprise"), (1, 2.1, "")]
    marks = [(one.time, one.label.replace('""', '"')) for one in grid.getTier("markers").entries]
    assert marks == [(0, "question 1"), (1.05, 'ask "why" & <smile>')]
