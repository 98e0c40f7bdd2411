"""Episodes of a label, and its statistics in a segment of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.analysis.series import MAX_GAP_S, FaceSeries

__all__ = ["Episode", "LabelStatistics", "describe_label", "episodes", "onset_latency_s"]

THRESHOLD: Final = 0.5  # probability from which an expression counts as there
HOLD_S: Final = 0.2  # time that it must stay there

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Episode:
    """One stretch of time in which a face had one label."""

    label: str
    start_s: float
    end_s: float
    peak: float  # highest probability of the label within it

    @property
    def length_s(self) -> float:
        """From start to end."""
        return self.end_s - self.start_s


@dataclass(frozen=True)
class LabelStatistics:
    """One label of one face in one segment. Values that do not exist, such as the peak of no observation, are NaN."""

    usable_s: float  # time in which the face could be classified
    share: float  # of that time, with this label
    episodes: int
    mean_episode_s: float
    onset_latency_s: float  # from the segment's start until the probability stays above the threshold
    peak: float  # highest probability
    peak_latency_s: float  # from the segment's start
    area: float  # probability times seconds, above the baseline
    mean: float
    deviation: float  # standard deviation over time


def episodes(series: FaceSeries) -> list[Episode]:
    """The episodes of all labels, in the order of time.

    A face that is away or not usable for `MAX_GAP_S` ends its episode.
    """
    found: list[Episode] = []
    ends = series.times_s + series.durations_s
    at = 0
    while at < len(series.times_s):
        label, last = int(series.label[at]), at
        while last + 1 < len(series.times_s) and _goes_on(series, last, label):
            last += 1
        if label >= 0:
            peak = float(np.nanmax(series.probabilities[at : last + 1, label]))
            found.append(Episode(series.labels[label], float(series.times_s[at]), float(ends[last]), peak))
        at = last + 1
    return found


def _goes_on(series: FaceSeries, at: int, label: int) -> bool:
    return series.label[at + 1] == label and series.times_s[at + 1] - series.times_s[at] <= MAX_GAP_S


def describe_label(
    series: FaceSeries,
    label: str,
    start_s: float,
    end_s: float,
    *,
    baseline: Floats | None = None,
    threshold: float = THRESHOLD,
    hold_s: float = HOLD_S,
) -> LabelStatistics:
    """The statistics of a label from `start_s` to `end_s`.

    Args:
        series: of the whole recording.
        label: one of its labels.
        start_s: start of the segment.
        end_s: its end, which is not part of it.
        baseline: (L,) probabilities at rest, from `FaceSeries.baseline`; the area is what lies above it. None: above 0.
        threshold: probability from which the expression counts as there, for the onset.
        hold_s: time that it must stay there.

    Raises:
        InputError: the label is none of the series.
    """
    part = series.between(start_s, end_s)
    values, durations, index = part.of(label), part.durations_s, series.index(label)
    known = part.usable
    usable_s = float(durations[known].sum())
    found = [episode for episode in episodes(part) if episode.label == label]
    rest = 0.0 if baseline is None else float(baseline[index])
    nan = float("nan")
    if usable_s == 0:
        return LabelStatistics(0.0, nan, 0, nan, nan, nan, nan, nan, nan, nan)
    weights, values = durations[known], values[known]
    mean = float(np.average(values, weights=weights))
    return LabelStatistics(
        usable_s=usable_s,
        share=float(durations[known & (part.label == index)].sum()) / usable_s,
        episodes=len(found),
        mean_episode_s=float(np.mean([episode.length_s for episode in found])) if found else nan,
        onset_latency_s=onset_latency_s(part.times_s[known], values, weights, threshold, hold_s, start_s),
        peak=float(values.max()),
        peak_latency_s=float(part.times_s[known][values.argmax()]) - start_s,
        area=float((np.maximum(values - rest, 0) * weights).sum()),
        mean=mean,
        deviation=float(np.sqrt(np.average((values - mean) ** 2, weights=weights))),
    )


def onset_latency_s(
    times_s: Floats, values: Floats, durations_s: Floats, threshold: float, hold_s: float, start_s: float
) -> float:
    """Time from `start_s` to the first of the (N,) values from which on they stay at the threshold for `hold_s`.

    NaN where they never do.
    """
    held_s, onset = 0.0, None
    for time_s, value, duration_s in zip(times_s.tolist(), values.tolist(), durations_s.tolist(), strict=True):
        if value < threshold:
            held_s, onset = 0.0, None
            continue
        onset = time_s if onset is None else onset
        held_s += duration_s
        if held_s >= hold_s - 1e-9:
            return onset - start_s
    return float("nan")
