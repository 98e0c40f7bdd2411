"""All of a recording in numbers: each person, in each segment, relative to the person's own rest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emoar.analysis.recording import Recording, face_series
from emoar.analysis.segments import Segment, segments_of
from emoar.analysis.series import FaceSeries
from emoar.analysis.summary import SegmentSummary, baseline_of, persons_of, summarise_segment
from emoar.errors import InputError
from emoar.session.marker import Marker

__all__ = ["PersonSummary", "RecordingSummary", "baseline_span", "summarise", "summary_rows"]

LEAST_S: Final = 1.0  # faces that are seen for less are counted, not described
_SPAN: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*-\s*(\d+(?:\.\d+)?)\s*")


@dataclass(frozen=True, eq=False)
class PersonSummary:
    """One person of a recording."""

    series: FaceSeries
    raw: FaceSeries | None  # probabilities before smoothing; None: the recording has none
    baseline: NDArray[np.float64] | None  # (L,) probabilities at rest; None: unknown
    whole: SegmentSummary  # all of the recording
    segments: tuple[SegmentSummary, ...]

    @property
    def name(self) -> str:
        """Of the person."""
        return self.series.face


@dataclass(frozen=True, eq=False)
class RecordingSummary:
    """One recording."""

    recording: Recording
    segments: tuple[Segment, ...]
    persons: tuple[PersonSummary, ...]
    brief: int  # faces that were seen too briefly to describe
    baseline: str  # where the rest of each person is from, in words; empty: there is none
    notes: tuple[str, ...]


def baseline_span(text: str, segments: Sequence[Segment]) -> tuple[float, float]:
    """Start and end in seconds of a baseline such as "0-3", or of the segment of that name.

    Raises:
        InputError: it is neither, or ends before it starts.
    """
    if match := _SPAN.fullmatch(text):
        start_s, end_s = float(match[1]), float(match[2])
        if end_s <= start_s:
            raise InputError(f"--baseline must end after it starts, got {text!r}")
        return start_s, end_s
    for segment in segments:
        if segment.name == text.strip():
            return segment.start_s, segment.end_s
    names = ", ".join(segment.name for segment in segments)
    raise InputError(f"--baseline must be a time such as 0-3 or a segment ({names}), got {text!r}")


def summarise(
    recording: Recording,
    *,
    markers: Iterable[Marker] = (),
    baseline: str | None = None,
    persons: Mapping[int, str] | None = None,
) -> RecordingSummary:
    """The statistics of a recording.

    Args:
        recording: any.
        markers: besides those of the recording.
        baseline: the time in which each person is at rest, as `baseline_span` reads it; None: what the recording
            knows about their faces at rest.
        persons: names by track id; the tracks of a name are one person.

    Raises:
        InputError: the baseline is wrong or outside the recording.
    """
    start_s, end_s = recording.start_s, recording.end_s
    segments, notes = segments_of([*recording.markers, *markers], start_s, end_s)
    notes = [*recording.notes, *notes]
    span = None if baseline is None else baseline_span(baseline, segments)
    if span is not None and (span[0] >= end_s or span[1] <= start_s):
        raise InputError(f"--baseline {baseline} is outside {recording.name}, which goes to {end_s:.1f} s")
    unknown = sorted(set(persons or {}) - set(recording.faces["track_id"].tolist()))
    if unknown:
        raise InputError(f"{recording.name} has no face {unknown[0]}: name one that the report without --name shows")
    known, brief = persons_of(face_series(recording, persons=persons), LEAST_S)
    raws = {each.face: each for each in face_series(recording, raw=True, persons=persons)} if recording.has_raw else {}
    whole = Segment("", start_s, end_s)
    found: list[PersonSummary] = []
    for series in known:
        rest, raw = _rest(recording, series, span, persons), raws.get(series.face)
        if rest is None and (span is not None or recording.rest):
            notes.append(f"{series.face} cannot be classified in the baseline: no change from rest is shown")
        parts = [summarise_segment(series, segment, baseline=rest, raw=raw) for segment in (whole, *segments)]
        found.append(PersonSummary(series, raw, rest, parts[0], tuple(parts[1:])))
    words = f"{span[0]:g} to {span[1]:g} s" if span else "measured by the browser" if recording.rest else ""
    return RecordingSummary(recording, tuple(segments), tuple(found), len(brief), words, tuple(notes))


def _rest(
    recording: Recording,
    series: FaceSeries,
    span: tuple[float, float] | None,
    persons: Mapping[int, str] | None,
) -> NDArray[np.float64] | None:
    """(L,) the probabilities of a person at rest; None where they are not known."""
    if span is not None:
        return baseline_of(series, *span)
    names = {**recording.persons, **(persons or {})}
    own = [rest for track, rest in recording.rest.items() if names.get(track, f"face {track}") == series.face]
    return own[0] if own else None


def summary_rows(summary: RecordingSummary) -> Iterator[dict[str, str | float | int | None]]:
    """One row a person, segment and label, as a tidy table for other programs; None where there is no value."""
    for person in summary.persons:
        for part in person.segments:
            for each in part.labels:
                numbers = each.statistics
                yield {
                    "recording": summary.recording.name,
                    "person": person.name,
                    "segment": part.segment.name,
                    "start_s": part.segment.start_s,
                    "end_s": part.segment.end_s,
                    "classified_s": part.usable_s,
                    "classified_share": part.usable_share,
                    "label": each.label,
                    "share": numbers.share,
                    "mean": numbers.mean,
                    "mean_low": each.mean.low if each.mean else None,
                    "mean_high": each.mean.high if each.mean else None,
                    "sd": numbers.deviation,
                    "effective_n": each.effective,
                    "change": each.change.value if each.change else None,
                    "change_low": each.change.low if each.change else None,
                    "change_high": each.change.high if each.change else None,
                    "raw_mean": each.raw_mean,
                    "episodes": numbers.episodes,
                    "episode_mean_s": numbers.mean_episode_s,
                    "onset_s": numbers.onset_latency_s,
                    "peak": numbers.peak,
                    "peak_s": numbers.peak_latency_s,
                    "area_above_baseline": numbers.area,
                }
