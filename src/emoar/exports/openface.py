"""The columns of OpenFace 2 that EmoAR has; the columns that it has not (gaze, action units, 3D points) are absent.

OpenFace's camera has x right, y down and z away from it; positions are in millimetres, angles in radians, and the
rotation is Rx * Ry * Rz. Source: the output format page of its documentation.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emoar.analysis.recording import Recording
from emoar.exports.base import ExportOptions
from emoar.exports.landmarks import landmark_columns
from emoar.exports.tables import rows_by_frame
from emoar.files import atomic_write

__all__ = ["write_openface"]

Columns = dict[str, NDArray[np.floating]]


def write_openface(recording: Recording, path: Path, options: ExportOptions) -> list[Path]:
    """One row for each face in each frame, and one with `success` 0 for a frame without a face.

    `confidence` is the presence of the face, `success` is 1 where the face could be classified. EmoAR's probabilities
    follow OpenFace's columns under their own names, such as `ferplus_happiness`.

    Raises:
        OutputError: the file cannot be written.
    """
    del options
    faces = recording.faces
    columns = {**_pose(recording), **_expressions(recording)}
    if "landmarks_px" in faces:
        columns = {**_pose(recording), **landmark_columns(faces["landmarks_px"]), **_expressions(recording)}
    lines = [", ".join(["frame", "face_id", "timestamp", "confidence", "success", *columns])]
    for index, time_s, rows in rows_by_frame(recording):
        for row in rows:
            head = [index + 1, faces["track_id"][row], f"{time_s:.3f}", f"{faces['presence'][row]:.2f}"]
            values = [_number(column[row]) for column in columns.values()]
            lines.append(", ".join([*map(str, head), str(int(faces["usable"][row])), *values]))
        if not rows:
            lines.append(", ".join([str(index + 1), "0", f"{time_s:.3f}", "0.00", "0", *["0"] * len(columns)]))
    atomic_write(path, ("\n".join(lines) + "\n").encode())
    return [path]


def _pose(recording: Recording) -> Columns:
    """Position and rotation of the head; the position only where the recording has it."""
    faces = recording.faces
    columns: Columns = {}
    if "x_cm" in faces:
        columns = {"pose_Tx": faces["x_cm"] * 10, "pose_Ty": faces["y_cm"] * -10, "pose_Tz": faces["z_cm"] * -10}
    rotation = {"pose_Rx": -faces["pitch_deg"], "pose_Ry": -faces["yaw_deg"], "pose_Rz": faces["roll_deg"]}
    return {**columns, **{name: np.radians(values) for name, values in rotation.items()}}


def _expressions(recording: Recording) -> Columns:
    names = [f"{label_set}_{label}" for label_set, labels in recording.label_sets.items() for label in labels]
    return {name: recording.faces[name] for name in names}


def _number(value: float) -> str:
    return f"{value:.6g}" if np.isfinite(value) else "nan"
