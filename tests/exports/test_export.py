"""The table of formats."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from emoar.analysis.recording import Recording
from emoar.errors import InputError, OutputError
from emoar.exports.export import FORMATS, export_recording


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_writes_what_it_returns(two_faces: Recording, tmp_path: Path, name: str) -> None:
    files = export_recording(two_faces, name, tmp_path / f"out{FORMATS[name].suffix}")
    assert files
    assert all(path.stat().st_size > 0 for path in files)
    found = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert found == set(files)


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"facereader"}))
def test_a_recording_without_anybody(two_faces: Recording, tmp_path: Path, name: str) -> None:
    nobody = replace(two_faces, faces={key: values[:0] for key, values in two_faces.faces.items()})
    assert export_recording(nobody, name, tmp_path / f"out{FORMATS[name].suffix}")


def test_a_place_that_cannot_be_written_keeps_the_older_file(two_faces: Recording, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("older")
    for name in FORMATS:
        with pytest.raises(OutputError):
            export_recording(two_faces, name, tmp_path / "file" / "out.csv")
    assert (tmp_path / "file").read_text() == "older"


def test_an_unknown_format_is_refused(two_faces: Recording, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="csv, wide, parquet"):
        export_recording(two_faces, "spss", tmp_path / "a")
