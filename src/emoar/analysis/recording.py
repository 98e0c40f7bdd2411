"""One recording as tidy tables: a row a frame, a row a face and frame, and its markers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emoar.analysis.series import NO_LABEL, FaceSeries
from emoar.errors import InputError
from emoar.session.marker import Marker

__all__ = ["Recording", "Table", "face_series"]

Table = Mapping[str, NDArray[Any]]
"""Columns by name, all of one length."""


@dataclass(frozen=True, eq=False)
class Recording:
    """What was recorded of one source, from a file of any of the formats that EmoAR writes.

    Attributes:
        name: of the file, without its suffix.
        frames: one row a frame, in the order of time: `frame_index` int64, `time_s` float64.
        faces: one row a face and frame, in the order of time, with the columns of `media.scene_table.columns_for` that
            the file has. Numbers are float64 (NaN where there is none), `track_id` int64, flags bool, texts str.
            Besides: `x_cm`, `y_cm`, `z_cm` of the head where the file has poses; `landmarks_px` (N, 468, 3) where it
            was asked for; `raw_ferplus_anger` and so on where it has probabilities before smoothing.
        label_sets: the labels of each set, in the order of the probabilities.
        markers: in the order of time.
        source: name of the file or device that was recorded.
        began: when, ISO 8601; None where the file does not know.
        rest: (L,) probabilities of the face at rest by track id, where they were measured.
        persons: by track id, where somebody told who is who; the tracks of a person share a name.
        purpose: what it was recorded for, where that is in the file.
        notes: what a reader should know about the file, such as that it ends early.
    """

    name: str
    frames: Table
    faces: Table
    label_sets: Mapping[str, tuple[str, ...]]
    markers: tuple[Marker, ...] = ()
    source: str = ""
    began: str | None = None
    rest: Mapping[int, NDArray[np.float64]] = field(default_factory=dict[int, NDArray[np.float64]])
    persons: Mapping[int, str] = field(default_factory=dict[int, str])
    purpose: str = ""
    notes: tuple[str, ...] = ()

    @property
    def label_set(self) -> str:
        """The set of the label that was shown; the first one without any face."""
        shown = self.faces["label_set"]
        return str(shown[0]) if len(shown) else next(iter(self.label_sets), "")

    @property
    def has_raw(self) -> bool:
        """Whether there are probabilities before smoothing."""
        return any(name.startswith("raw_") for name in self.faces)

    @property
    def start_s(self) -> float:
        """Time of the first frame; 0 without frames."""
        return float(self.frames["time_s"][0]) if len(self.frames["time_s"]) else 0.0

    @property
    def end_s(self) -> float:
        """End of the last frame, which lasts as long as most of the others."""
        times = self.frames["time_s"]
        if len(times) < 2:
            return self.start_s
        return float(times[-1] + np.median(np.diff(times)))


def face_series(
    recording: Recording, *, raw: bool = False, persons: Mapping[int, str] | None = None
) -> list[FaceSeries]:
    """The series of each person: the tracks that share a name are one person, other tracks are "face 1" and so on.

    Args:
        recording: any.
        raw: the probabilities before smoothing.
        persons: names by track id, which go before those of the recording.

    Raises:
        InputError: `raw`, and there are none; or the label set changes within the recording.
    """
    faces, label_set = recording.faces, recording.label_set
    if len(set(faces["label_set"].tolist())) > 1:
        raise InputError(f"{recording.name}: the label set changes within the recording: record it with one model")
    if raw and not recording.has_raw:
        raise InputError(f"{recording.name} has no raw probabilities")
    labels = recording.label_sets.get(label_set, ())
    columns = [faces[f"{'raw_' if raw else ''}{label_set}_{label}"] for label in labels]
    probabilities = np.stack(columns, axis=1) if columns else np.empty((len(faces["time_s"]), 0))
    probabilities[~faces["usable"].astype(bool)] = np.nan
    index = {label: at for at, label in enumerate(labels)}
    shown = np.array([index.get(label, NO_LABEL) for label in faces["label"].tolist()], np.int64)
    shown[~np.isfinite(probabilities.sum(axis=1))] = NO_LABEL
    names = {**recording.persons, **(persons or {})}
    tracks = faces["track_id"]
    named = np.array([names.get(track, f"face {track}") for track in tracks.tolist()], dtype=object)
    order = dict.fromkeys(named[np.argsort(tracks, kind="stable")].tolist())
    return [_series(name, labels, faces["time_s"], probabilities, shown, named == name) for name in order]


def _series(
    name: str,
    labels: tuple[str, ...],
    times_s: NDArray[np.float64],
    probabilities: NDArray[np.float64],
    shown: NDArray[np.int64],
    own: NDArray[np.bool_],
) -> FaceSeries:
    """The rows of one person; of two at the same time, the first."""
    places = np.flatnonzero(own)
    times, first = np.unique(times_s[places], return_index=True)
    places = places[first]
    return FaceSeries(name, labels, times, probabilities[places], shown[places])
