"""OpenFace's columns, read as its users read them."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
from made_recordings import make_recording

from emoar.analysis.recording import Recording
from emoar.exports.base import ExportOptions
from emoar.exports.openface import write_openface
from emoar.face_landmarks import DLIB_68
from emoar.geometry import yaw_pitch_roll_deg


def read(path: Path) -> pd.DataFrame:
    table = pd.read_csv(path)
    table.columns = table.columns.str.strip()
    return table


def test_columns_units_and_empty_frames(two_faces: Recording, tmp_path: Path) -> None:
    assert write_openface(two_faces, tmp_path / "film.csv", ExportOptions()) == [tmp_path / "film.csv"]
    table = read(tmp_path / "film.csv")
    assert list(table)[:11] == [
        *("frame", "face_id", "timestamp", "confidence", "success"),
        *("pose_Tx", "pose_Ty", "pose_Tz", "pose_Rx", "pose_Ry", "pose_Rz"),
    ]
    row = table.iloc[0]
    assert (row["frame"], row["face_id"], row["success"]) == (1, 1, 1)
    assert (row["pose_Tx"], row["pose_Ty"], row["pose_Tz"]) == (30, -40, 600)
    np.testing.assert_allclose(table[table["face_id"] == 1]["success"], [1] * 10 + [0] * 2 + [1] * 8)
    last = table.iloc[-1]
    assert (last["frame"], last["success"], last["confidence"]) == (21, 0, 0)
    assert not [name for name in table if name.startswith(("AU", "gaze", "x_", "X_"))]
    assert row["ferplus_happiness"] == 0.8


def test_angles_are_those_of_its_rotation(two_faces: Recording, tmp_path: Path) -> None:
    """R = Rx Ry Rz in a camera with y down and z away is EmoAR's rotation with y up and z towards the viewer."""
    write_openface(two_faces, tmp_path / "film.csv", ExportOptions())
    x, y, z = (read(tmp_path / "film.csv").iloc[0][f"pose_R{axis}"] for axis in "xyz")
    about_x = np.array([[1, 0, 0], [0, math.cos(x), -math.sin(x)], [0, math.sin(x), math.cos(x)]])
    about_y = np.array([[math.cos(y), 0, math.sin(y)], [0, 1, 0], [-math.sin(y), 0, math.cos(y)]])
    about_z = np.array([[math.cos(z), -math.sin(z), 0], [math.sin(z), math.cos(z), 0], [0, 0, 1]])
    flip = np.diag([1.0, -1.0, -1.0])
    np.testing.assert_allclose(yaw_pitch_roll_deg(flip @ about_x @ about_y @ about_z @ flip), (10, -20, 5), atol=1e-3)
    assert x > 0  # the head is turned down, as by a positive pitch of OpenFace


def test_landmarks_where_there_are_any(tmp_path: Path) -> None:
    write_openface(make_recording({1: "hh"}, landmarks=True), tmp_path / "film.csv", ExportOptions())
    row = read(tmp_path / "film.csv").iloc[0]
    assert [row[f"x_{point}"] for point in range(68)] == [3 * index for index in DLIB_68]
    assert [row[f"y_{point}"] for point in range(68)] == [3 * index + 1 for index in DLIB_68]
