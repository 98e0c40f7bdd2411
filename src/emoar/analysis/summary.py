"""What a recording tells about each person in each segment: one row a person, segment and label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.analysis.dependence import Interval, block_bootstrap, effective_sample_size
from emoar.analysis.episodes import LabelStatistics, describe_label
from emoar.analysis.segments import Segment
from emoar.analysis.series import NO_LABEL, FaceSeries, on_grid
from emoar.errors import InputError
from emoar.labels import UNSURE

__all__ = ["LabelSummary", "SegmentSummary", "baseline_of", "persons_of", "summarise_segment"]

Floats = NDArray[np.float64]
_MOST_STEPS: Final = 3000  # of a segment, for its interval: an hour is no slower than two minutes


@dataclass(frozen=True)
class LabelSummary:
    """One label of one person in one segment."""

    label: str
    statistics: LabelStatistics  # of the smoothed probabilities
    mean: Interval | None  # mean probability with its 95 % interval; None: no observation
    change: Interval | None  # from the person's baseline; None: there is none
    effective: float  # sample size: independent values that are as good as these
    raw_mean: float | None  # mean of the probabilities before smoothing; None: there are none


@dataclass(frozen=True)
class SegmentSummary:
    """One person in one segment."""

    person: str
    segment: Segment
    usable_s: float  # time in which the face could be classified
    shares: Mapping[str, float]  # of that time, by shown label and `UNSURE`; they sum to 1, or are empty
    labels: tuple[LabelSummary, ...]

    @property
    def usable_share(self) -> float:
        """Share of the segment in which the face could be classified, 0..1."""
        return min(self.usable_s / self.segment.length_s, 1.0) if self.segment.length_s > 0 else 0.0

    def of(self, label: str) -> LabelSummary:
        """The summary of a label.

        Raises:
            InputError: there is no such label.
        """
        for summary in self.labels:
            if summary.label == label:
                return summary
        raise InputError(f"label must be one of {', '.join(each.label for each in self.labels)}, got {label!r}")


def baseline_of(series: FaceSeries, start_s: float, end_s: float) -> Floats | None:
    """(L,) the person's own rest: median probabilities from `start_s` to `end_s`; None where nothing is usable."""
    part = series.between(start_s, end_s)
    return part.baseline() if part.usable.any() else None


def summarise_segment(
    series: FaceSeries, segment: Segment, *, baseline: Floats | None = None, raw: FaceSeries | None = None
) -> SegmentSummary:
    """The statistics of one person in one segment.

    Args:
        series: the person's smoothed probabilities.
        segment: a part of the recording.
        baseline: (L,) probabilities at rest, from `baseline_of`.
        raw: the same person's probabilities before smoothing.
    """
    part = series.between(segment.start_s, segment.end_s)
    raw_part = None if raw is None else raw.between(segment.start_s, segment.end_s)
    known, durations = part.usable, part.durations_s
    usable_s = float(durations[known].sum())
    shown = {label: float(durations[known & (part.label == at)].sum()) for at, label in enumerate(part.labels)}
    shown[UNSURE] = float(durations[known & (part.label == NO_LABEL)].sum())
    step_s = max(float(np.median(durations)), segment.length_s / _MOST_STEPS) if len(durations) else 0.0
    labels = tuple(
        _label(series, part, raw_part, label, segment, baseline, step_s if step_s > 0 else 1.0)
        for label in series.labels
    )
    shares = {label: time_s / usable_s for label, time_s in shown.items()} if usable_s > 0 else {}
    return SegmentSummary(series.face, segment, usable_s, shares, labels)


def _label(
    series: FaceSeries,
    part: FaceSeries,
    raw: FaceSeries | None,
    label: str,
    segment: Segment,
    baseline: Floats | None,
    step_s: float,
) -> LabelSummary:
    statistics = describe_label(series, label, segment.start_s, segment.end_s, baseline=baseline)
    values = on_grid(part.times_s, part.of(label), step_s)  # evenly spaced, for the dependence of neighbours
    raw_mean = None if raw is None or not raw.usable.any() else float(np.nanmean(raw.of(label)))
    if not len(values):
        return LabelSummary(label, statistics, None, None, 0.0, raw_mean)
    mean = block_bootstrap(values)
    rest = None if baseline is None else float(baseline[series.index(label)])
    change = None if rest is None else Interval(mean.value - rest, mean.low - rest, mean.high - rest)
    return LabelSummary(label, statistics, mean, change, effective_sample_size(values), raw_mean)


def persons_of(series: Sequence[FaceSeries], least_s: float) -> tuple[list[FaceSeries], list[FaceSeries]]:
    """The series that are usable for at least `least_s` seconds, and the others."""
    seen = {each.face: float(each.durations_s[each.usable].sum()) >= least_s for each in series}
    return [each for each in series if seen[each.face]], [each for each in series if not seen[each.face]]
