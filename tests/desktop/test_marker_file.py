"""Markers in a CSV file."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from emoar.analysis.read_markers import read_markers
from emoar.desktop.marker_file import MarkerFile
from emoar.errors import OutputError


def test_each_marker_is_on_the_disk_at_once(tmp_path: Path) -> None:
    file = MarkerFile(tmp_path / "m.csv")
    file.add(1.5)
    file.add(12.34567)
    rows = list(csv.DictReader((tmp_path / "m.csv").read_text().splitlines()))
    assert rows == [{"time_s": "1.5000", "name": "marker 1"}, {"time_s": "12.3457", "name": "marker 2"}]
    assert file.close() == f"{tmp_path / 'm.csv'} (2 markers)"


def test_reports_read_it(tmp_path: Path) -> None:
    file = MarkerFile(tmp_path / "m.csv")
    for time_s in (0.5, 2.0):
        file.add(time_s)
    file.close()
    markers = read_markers(tmp_path / "m.csv")
    assert [(marker.name, marker.time_s) for marker in markers] == [("marker 1", 0.5), ("marker 2", 2.0)]


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="absent"):
        MarkerFile(tmp_path / "absent" / "m.csv")
