"""FaceReader's detailed log, read as its users read it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from made_recordings import make_recording

from emoar.analysis.recording import Recording
from emoar.errors import InputError
from emoar.exports.base import ExportOptions
from emoar.exports.facereader import write_facereader


def read(path: Path) -> pd.DataFrame:
    lines = path.read_text().splitlines()
    head = next(number for number, line in enumerate(lines) if line.startswith("Video Time"))
    return pd.read_csv(
        path, sep="\t", skiprows=head, skip_blank_lines=False, na_values=["FIT_FAILED", "FIND_FAILED"], encoding="utf-8"
    )


def test_one_file_a_face(two_faces: Recording, tmp_path: Path) -> None:
    files = write_facereader(two_faces, tmp_path / "film.txt", ExportOptions())
    assert [path.name for path in files] == ["film-face-1.txt", "film-face-2.txt"]
    lines = files[0].read_text().splitlines()
    assert lines[0] == "Video analysis detailed log"
    assert "Filename:\tfilm.mp4" in lines
    assert "Frame rate:\t10" in lines
    table = read(files[0])
    assert list(table) == [
        *("Video Time", "Neutral", "Happy", "Sad", "Angry", "Surprised", "Scared", "Disgusted", "Contempt"),
        *("Participant Name", "Analysis Index"),
    ]
    assert list(table["Video Time"])[:2] == ["00:00:00.000", "00:00:00.100"]
    assert len(table) == 21
    assert list(table["Happy"].isna()) == [False] * 10 + [True] * 2 + [False] * 8 + [True]
    assert "FIT_FAILED" in files[0].read_text()
    assert "FIND_FAILED" in files[0].read_text()
    assert table["Happy"][0] == 0.8


def test_one_face_keeps_the_name(tmp_path: Path) -> None:
    assert write_facereader(make_recording({1: "hh"}), tmp_path / "a.txt", ExportOptions()) == [tmp_path / "a.txt"]


def test_nobody_and_other_labels_are_refused(two_faces: Recording, tmp_path: Path) -> None:
    nobody = {name: values[:0] for name, values in two_faces.faces.items()}
    with pytest.raises(InputError, match="no faces"):
        write_facereader(replace(two_faces, faces=nobody), tmp_path / "a.txt", ExportOptions())
    other = replace(two_faces, label_sets={"ferplus": ("happiness", "neutral")})
    with pytest.raises(InputError, match="not those of FaceReader"):
        write_facereader(other, tmp_path / "a.txt", ExportOptions())
    assert list(tmp_path.iterdir()) == []
