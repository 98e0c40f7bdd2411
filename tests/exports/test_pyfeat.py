"""py-feat's columns."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_recordings import make_recording

from emoar.analysis.recording import Recording
from emoar.errors import InputError
from emoar.exports.base import ExportOptions
from emoar.exports.pyfeat import write_pyfeat


def test_columns_and_rows_without_values(two_faces: Recording, tmp_path: Path) -> None:
    assert write_pyfeat(two_faces, tmp_path / "film.csv", ExportOptions()) == [tmp_path / "film.csv"]
    table = pd.read_csv(tmp_path / "film.csv")
    emotions = ["anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral"]
    assert list(table)[-7:] == emotions
    assert set(table["Identity"].dropna()) == {"Person_1", "Person_2"}
    first = table[table["Identity"] == "Person_1"]
    np.testing.assert_allclose(
        first[["FaceRectX", "FaceRectY", "FaceRectWidth", "FaceRectHeight"]], [[100, 50, 80, 100]] * 20
    )
    np.testing.assert_allclose(first["happiness"][:10], 0.8)
    assert first[emotions].iloc[10:12].isna().all(axis=None)  # found, and not usable
    np.testing.assert_allclose(first[emotions].iloc[0].sum(), 1)
    empty = table.iloc[-1]
    assert empty["frame"] == 20
    assert empty[["FaceRectX", "FaceScore", "Pitch", *emotions]].isna().all()
    assert not [name for name in table if name.startswith(("AU", "x_"))]


def test_landmarks_where_there_are_any(tmp_path: Path) -> None:
    write_pyfeat(make_recording({1: "h"}, landmarks=True), tmp_path / "film.csv", ExportOptions())
    assert {"x_0", "x_67", "y_0", "y_67"} <= set(pd.read_csv(tmp_path / "film.csv"))


def test_other_labels_are_refused(two_faces: Recording, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="fer2013"):
        write_pyfeat(replace(two_faces, label_sets={"custom": ("wink",)}), tmp_path / "film.csv", ExportOptions())
