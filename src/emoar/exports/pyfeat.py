"""The columns of py-feat's `Fex` that EmoAR has; those that it has not (action units, identities) are absent.

Emotions have the lower-case names of py-feat's detectors, and the head's angles are in degrees, as in its versions 0.5
and 0.6. A frame without a face is a row without values, as there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.analysis.recording import Recording
from emoar.errors import InputError
from emoar.exports.base import ExportOptions
from emoar.exports.landmarks import landmark_columns
from emoar.exports.tables import cell, csv_bytes, rows_by_frame
from emoar.files import atomic_write

__all__ = ["write_pyfeat"]

_EMOTIONS: Final = {  # py-feat's name -> the label of FER2013, which has the same seven
    "anger": "angry",
    "disgust": "disgust",
    "fear": "fear",
    "happiness": "happy",
    "sadness": "sad",
    "surprise": "surprise",
    "neutral": "neutral",
}
_LABEL_SET: Final = "fer2013"


def write_pyfeat(recording: Recording, path: Path, options: ExportOptions) -> list[Path]:
    """One row for each face in each frame; `Identity` is the track's name.

    Raises:
        InputError: the recording has no probabilities of the label set `fer2013`.
        OutputError: the file cannot be written.
    """
    faces = recording.faces
    if set(_EMOTIONS.values()) - set(recording.label_sets.get(_LABEL_SET, ())):
        raise InputError(f"{recording.name} has no probabilities of {_LABEL_SET}, which has py-feat's seven emotions")
    columns: dict[str, NDArray[np.floating]] = {
        "FaceRectX": faces["left_px"],
        "FaceRectY": faces["top_px"],
        "FaceRectWidth": faces["right_px"] - faces["left_px"],
        "FaceRectHeight": faces["bottom_px"] - faces["top_px"],
        "FaceScore": faces["presence"],
    }
    if "landmarks_px" in faces:
        columns |= landmark_columns(faces["landmarks_px"])
    columns |= {"Pitch": faces["pitch_deg"], "Roll": faces["roll_deg"], "Yaw": faces["yaw_deg"]}
    for name, label in _EMOTIONS.items():
        columns[name] = np.where(faces["usable"], faces[f"{_LABEL_SET}_{label}"], np.nan)
    source = options.media or recording.source
    rows = [["frame", "approx_time", "input", "Identity", *columns]]
    for index, time_s, found in rows_by_frame(recording):
        for row in found or [None]:
            values = [""] * len(columns) if row is None else [cell(column[row]) for column in columns.values()]
            name = "" if row is None else f"Person_{faces['track_id'][row]}"
            rows.append([str(index), f"{int(time_s) // 60:02d}:{int(time_s) % 60:02d}", source, name, *values])
    atomic_write(path, csv_bytes(rows))
    return [path]
