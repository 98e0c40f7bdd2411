"""The expressions of one face over time, as arrays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from emoar.arrays import check_array
from emoar.errors import InputError
from emoar.types import Scene

__all__ = ["NO_LABEL", "FaceSeries", "on_grid", "series_of"]

NO_LABEL: Final = -1  # unsure, or not usable
MAX_GAP_S: Final = 0.5  # a face that is away for longer is not counted in between

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FaceSeries:
    """N observations of one face, in the order of time.

    Attributes:
        face: a name, such as "face 1".
        labels: the L labels, in the order of the probabilities.
        times_s: (N,) float64, rising.
        probabilities: (N, L) float64; rows that are not usable are NaN.
        label: (N,) int64, the index of the smoothed label; `NO_LABEL` where it is unsure or the face is not usable.

    Raises:
        InputError: shapes or types differ, or times do not rise.
    """

    face: str
    labels: tuple[str, ...]
    times_s: Floats
    probabilities: Floats
    label: NDArray[np.int64]

    def __post_init__(self) -> None:
        check_array("times_s", self.times_s, (None,), np.float64)
        check_array("probabilities", self.probabilities, (len(self.times_s), len(self.labels)), np.float64)
        check_array("label", self.label, (len(self.times_s),), np.int64)
        if len(self.times_s) and not (np.isfinite(self.times_s).all() and (np.diff(self.times_s) > 0).all()):
            raise InputError(f"times_s of {self.face} must be finite and rise")

    @property
    def usable(self) -> NDArray[np.bool_]:
        """(N,) whether the face could be classified."""
        return np.isfinite(self.probabilities.sum(axis=1))

    @property
    def durations_s(self) -> Floats:
        """(N,) the time that each observation stands for: until the next one, at most `MAX_GAP_S`.

        The last one stands for the median of the others.
        """
        steps = np.minimum(np.diff(self.times_s), MAX_GAP_S)
        return np.append(steps, np.median(steps) if len(steps) else 0.0) if len(self.times_s) else steps

    def of(self, label: str) -> Floats:
        """(N,) the probability of a label; NaN where the face was not usable.

        Raises:
            InputError: the label is none of `labels`.
        """
        return self.probabilities[:, self.index(label)]

    def index(self, label: str) -> int:
        """The place of a label.

        Raises:
            InputError: the label is none of `labels`.
        """
        if label not in self.labels:
            raise InputError(f"label must be one of {', '.join(self.labels)}, got {label!r}")
        return self.labels.index(label)

    def between(self, start_s: float, end_s: float) -> FaceSeries:
        """The observations from `start_s` up to, but not at, `end_s`."""
        inside = (self.times_s >= start_s) & (self.times_s < end_s)
        return replace(
            self, times_s=self.times_s[inside], probabilities=self.probabilities[inside], label=self.label[inside]
        )

    def above(self, baseline: Floats) -> FaceSeries:
        """The series with its baseline, (L,), subtracted: changes from the person's own rest, -1..1."""
        return replace(self, probabilities=self.probabilities - baseline)

    def baseline(self) -> Floats:
        """(L,) median probability of each label, as at rest.

        Raises:
            InputError: no observation is usable.
        """
        if not self.usable.any():
            raise InputError(f"{self.face} has no usable observation in the baseline: choose another time for it")
        return np.median(self.probabilities[self.usable], axis=0)


def series_of(scenes: Iterable[Scene]) -> list[FaceSeries]:
    """The series of each face of a recording, by track id; the label set is that of the shown label.

    Raises:
        InputError: the label set changes between faces.
    """
    rows: dict[int, list[tuple[float, Any]]] = {}
    labels: tuple[str, ...] | None = None
    for scene in scenes:
        for face in scene.faces:
            found = tuple(face.expression.probabilities)
            labels = labels or found
            if found != labels:
                raise InputError("the label set changes within the recording: record it with one model")
            rows.setdefault(face.track_id, []).append((scene.frame.time_s, face))
    return [_series(track_id, rows[track_id], labels or ()) for track_id in sorted(rows)]


def _series(track_id: int, rows: list[tuple[float, Any]], labels: tuple[str, ...]) -> FaceSeries:
    values = [
        [face.expression.probabilities[name] if face.quality.usable else np.nan for name in labels] for _, face in rows
    ]
    shown = [
        labels.index(face.expression.label) if face.quality.usable and face.expression.label in labels else NO_LABEL
        for _, face in rows
    ]
    times = np.array([time_s for time_s, _ in rows], np.float64)
    return FaceSeries(
        f"face {track_id}",
        labels,
        times,
        np.array(values, np.float64).reshape(len(rows), -1),
        np.array(shown, np.int64),
    )


def on_grid(times_s: Floats, values: Floats, step_s: float) -> Floats:
    """Values at evenly spaced times, from the first to the last one: each is the mean of its step.

    A time series with gaps has no autocorrelation; on a grid it has. Steps without an observation are NaN.

    Args:
        times_s: (N,) rising.
        values: (N,) with NaN where there is none.
        step_s: length of a step.

    Raises:
        InputError: `step_s` is not positive.
    """
    if not step_s > 0:
        raise InputError(f"step_s must be positive, got {step_s}")
    known = ~np.isnan(values)
    if not known.any():
        return np.empty(0)
    step = ((times_s[known] - times_s[known][0]) / step_s + 1e-9).astype(np.int64)
    sums, counts = np.bincount(step, values[known]), np.bincount(step)
    with np.errstate(invalid="ignore"):
        return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
