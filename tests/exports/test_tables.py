"""CSV and Parquet, read back by pandas."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emoar.analysis.recording import Recording
from emoar.exports.base import ExportOptions
from emoar.exports.tables import cell, write_csv, write_parquet, write_wide

PLAIN = ExportOptions()


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_tidy_table_has_every_face_and_every_frame(two_faces: Recording, tmp_path: Path, form: str) -> None:
    path = tmp_path / f"film.{form}"
    write, read = (write_csv, pd.read_csv) if form == "csv" else (write_parquet, pd.read_parquet)
    assert write(two_faces, path, PLAIN) == [path]
    table = read(path)
    assert len(table) == 20 + 5 + 1
    assert sorted(set(table["frame_index"])) == list(range(21))
    first = table[table["track_id"] == 1]
    np.testing.assert_allclose(first["time_s"], np.arange(20) / 10)
    np.testing.assert_allclose(first["ferplus_happiness"][:10], 0.8)
    assert list(first["usable"].astype(str).str.lower().unique()) == ["true", "false"]
    reasons = first["reasons"].iloc[10]
    assert (reasons.split(";") if form == "csv" else list(reasons)) == ["too small", "too dark"]
    empty = table[table["frame_index"] == 20].iloc[0]
    assert pd.isna(empty["track_id"])
    assert pd.isna(empty["ferplus_happiness"])
    assert pd.isna(empty["label"])
    assert empty["source"] == "film.mp4"
    marked = table[table["marker"].notna()]
    assert dict(zip(marked["time_s"], marked["marker"], strict=True)) == {
        0.0: "question 1",
        1.1: 'ask "why" & <smile>',
    }


def test_persons_and_markers_have_columns_only_where_there_are_any(two_faces: Recording, tmp_path: Path) -> None:
    write_csv(replace(two_faces, markers=(), persons={1: "Ann"}), tmp_path / "film.csv", PLAIN)
    table = pd.read_csv(tmp_path / "film.csv")
    assert "marker" not in table
    assert set(table["person"].dropna()) == {"Ann", "face 2"}


def test_a_wide_table_has_one_row_a_frame(two_faces: Recording, tmp_path: Path) -> None:
    write_wide(two_faces, tmp_path / "film.csv", PLAIN)
    table = pd.read_csv(tmp_path / "film.csv")
    assert list(table["frame_index"]) == list(range(21))
    assert list(table["face_2_label"].dropna()) == ["surprise"] * 5
    assert list(table["face_1_label"])[:12] == ["happiness"] * 10 + ["neutral"] * 2
    assert table["face_1_ferplus_happiness"].isna().sum() == 1
    assert not [name for name in table if name.endswith(("source", "track_id"))]


def test_cells() -> None:
    assert [cell(value) for value in (None, np.float64("nan"), np.bool_(True), 0.1 + 0.2, 3, ("a", "b"))] == [
        "",
        "",
        "true",
        "0.3",
        "3",
        "a;b",
    ]
