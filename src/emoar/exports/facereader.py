"""FaceReader's detailed log: tab-separated text, one file for each face, as that program writes one for each person.

Columns that EmoAR has not (valence, arousal, age, gaze) are absent. A frame in which the face is not found has
`FIND_FAILED` in each column, one in which it is found and cannot be classified has `FIT_FAILED`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from emoar.analysis.recording import Recording, face_series
from emoar.errors import InputError
from emoar.exports.base import ExportOptions
from emoar.exports.tables import csv_bytes
from emoar.files import atomic_write

__all__ = ["write_facereader"]

_NAMES: Final = {
    "Neutral": "neutral",
    "Happy": "happiness",
    "Sad": "sadness",
    "Angry": "anger",
    "Surprised": "surprise",
    "Scared": "fear",
    "Disgusted": "disgust",
    "Contempt": "contempt",
}


def write_facereader(recording: Recording, path: Path, options: ExportOptions) -> list[Path]:
    """One file for each face; with several faces their names are put before the suffix, such as `film-face-1.txt`.

    Raises:
        InputError: nobody is in the recording, or its labels are not those of FaceReader.
        OutputError: a file cannot be written.
    """
    found = face_series(recording)
    if not found:
        raise InputError(f"{recording.name} has no faces, and FaceReader's log is one file for each face")
    names = {title: label for title, label in _NAMES.items() if label in found[0].labels}
    if len(names) < len(_NAMES) - 1:  # contempt is optional there, too
        raise InputError(f"the labels of {recording.name} are {', '.join(found[0].labels)}, not those of FaceReader")
    times = recording.frames["time_s"]
    rate_hz = (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 else 0.0
    written: list[Path] = []
    for series in found:
        target = (
            path if len(found) == 1 else path.with_name(f"{path.stem}-{series.face.replace(' ', '-')}{path.suffix}")
        )
        head = [
            ["Video analysis detailed log"],
            ["Face Model:", "General"],
            ["Calibration:", "None"],
            ["Start time:", recording.began or ""],
            ["Filename:", options.media or recording.source],
            ["Frame rate:", f"{rate_hz:g}"],
            [],
            ["Video Time", *names, "Participant Name", "Analysis Index"],
        ]
        places = {time_s: row for row, time_s in enumerate(series.times_s.tolist())}
        columns = [series.index(label) for label in names.values()]
        for time_s in times.tolist():
            row = places.get(time_s)
            if row is None:
                values = ["FIND_FAILED"] * len(columns)
            elif not series.usable[row]:
                values = ["FIT_FAILED"] * len(columns)
            else:
                values = [f"{series.probabilities[row, column]:.6g}" for column in columns]
            head.append([_stamp(time_s), *values, series.face, "1"])
        atomic_write(target, csv_bytes(head, separator="\t", line_end="\r\n"))
        written.append(target)
    return written


def _stamp(time_s: float) -> str:
    milliseconds = round(time_s * 1000)
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:03d}"
