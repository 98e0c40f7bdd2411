"""A BIDS data set: the expressions as events, the probabilities as a signal of each face at a fixed rate."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from emoar.analysis.episodes import episodes
from emoar.analysis.recording import Recording, face_series
from emoar.analysis.series import MAX_GAP_S, FaceSeries
from emoar.exports.base import ExportOptions
from emoar.files import atomic_write

__all__ = ["write_bids"]

_VERSION: Final = "1.10.0"
_MISSING: Final = "n/a"
_README: Final = """# Facial expressions recorded with EmoAR

`beh/*_events.tsv` has one row for each stretch of an expression, and one for each marker. `beh/*_physio.tsv.gz` has the
probabilities of each face at a fixed rate. They tell what a face looks like, not what a person feels.
"""


def write_bids(recording: Recording, path: Path, options: ExportOptions) -> list[Path]:
    """Writes into the folder `path`; a data set that is there already gets another subject.

    Raises:
        InputError: the label set changes within the recording.
        OutputError: a file cannot be written.
    """
    faces = face_series(recording)
    folder, stem = path / f"sub-{options.subject}" / "beh", f"sub-{options.subject}_task-{options.task}"
    files: dict[Path, bytes] = {}
    if not (path / "dataset_description.json").exists():
        files[path / "dataset_description.json"] = _json(_description(recording))
        files[path / "README.md"] = _README.encode()
    files[folder / f"{stem}_events.tsv"] = _events(recording, faces)
    files[folder / f"{stem}_events.json"] = _json(_event_columns(recording, faces, options.task))
    for number, series in enumerate(faces, 1):
        name = f"{stem}_recording-face{number}_physio"
        columns, content = _signal(series, options.rate_hz)
        files[folder / f"{name}.json"] = _json({"TaskName": options.task, **columns})
        files[folder / f"{name}.tsv.gz"] = content
    for file, content in files.items():
        atomic_write(file, content)
    return list(files)


def _description(recording: Recording) -> Mapping[str, Any]:
    return {
        "Name": f"Facial expressions of {recording.source or recording.name}",
        "BIDSVersion": _VERSION,
        "DatasetType": "raw",
        "GeneratedBy": [{"Name": "EmoAR", "Description": "facial expression recognition"}],
    }


def _events(recording: Recording, faces: list[FaceSeries]) -> bytes:
    """Sorted by onset, in seconds from the start of the recording."""
    rows = [
        (one.start_s, one.end_s - one.start_s, one.label, f"face{number}", f"{one.peak:.4f}")
        for number, series in enumerate(faces, 1)
        for one in episodes(series)
    ]
    for marker in recording.markers:
        length_s = 0.0 if marker.end_s is None else marker.end_s - marker.time_s
        rows.append((marker.time_s, length_s, f"marker: {marker.name}", _MISSING, _MISSING))
    cells = [(f"{onset_s:.6g}", f"{length_s:.6g}", *rest) for onset_s, length_s, *rest in sorted(rows)]
    return _tsv([("onset", "duration", "trial_type", "face", "peak"), *cells])


def _event_columns(recording: Recording, faces: list[FaceSeries], task: str) -> Mapping[str, Any]:
    levels = {label: f"the face looks like {label}" for label in (faces[0].labels if faces else ())}
    levels |= {f"marker: {marker.name}": "a marker of the recording" for marker in recording.markers}
    return {
        "TaskName": task,
        "trial_type": {
            "Description": "the expression that the face shows, or a marker",
            "Levels": levels,
        },
        "face": {"Description": "the face, by the number in the name of its recording"},
        "peak": {"Description": "highest probability of the expression, smoothed, within the event", "Units": "1"},
    }


def _signal(series: FaceSeries, rate_hz: float | None) -> tuple[Mapping[str, Any], bytes]:
    """The sidecar's content, and the probabilities at even times: of each the last observation, if it is recent."""
    times = series.times_s
    rate_hz = rate_hz or (1 / float(np.median(np.diff(times))) if len(times) > 1 else 1.0)
    grid = times[0] + np.arange(int((times[-1] - times[0]) * rate_hz + 1e-6) + 1) / rate_hz
    rows = np.asarray(np.searchsorted(times, grid + 1e-6, side="right"), np.intp) - 1
    values = series.probabilities[rows]
    values[grid - times[rows] > MAX_GAP_S] = np.nan
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as file:  # the same bytes each time
        cells = [[_MISSING if np.isnan(value) else f"{value:.4f}" for value in row] for row in values.tolist()]
        file.write(_tsv(cells))
    columns = {
        label: {"Description": f"probability of {label}, smoothed over time", "Units": "1"} for label in series.labels
    }
    head = {"PhysioType": "generic", "SamplingFrequency": round(rate_hz, 6), "StartTime": round(float(times[0]), 6)}
    return {**head, "Columns": list(series.labels), **columns}, buffer.getvalue()


def _tsv(rows: Iterable[Iterable[str]]) -> bytes:
    """Rows of text without quotation, which BIDS does not have; a marker's name has neither tabs nor line ends."""
    return "".join("\t".join(row) + "\n" for row in rows).encode()


def _json(document: Mapping[str, Any]) -> bytes:
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()
