"""Segments of a recording: from marker to marker, or from a marker to its own end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from emoar.session.marker import Marker

__all__ = ["BEFORE", "WHOLE", "Segment", "segments_of"]

WHOLE: Final = "whole recording"
BEFORE: Final = "start"  # the name of what lies before the first marker, as in the browser
_LEAST_S: Final = 0.05  # what lies before a marker at the very beginning is no segment


@dataclass(frozen=True)
class Segment:
    """A named part of a recording."""

    name: str
    start_s: float
    end_s: float  # not part of it

    @property
    def length_s(self) -> float:
        """From start to end."""
        return self.end_s - self.start_s


def segments_of(markers: Iterable[Marker], start_s: float, end_s: float) -> tuple[list[Segment], list[str]]:
    """The segments of a recording from `start_s` to `end_s`, by start, and notes on what is odd about its markers.

    A marker with an end is a segment by itself, and segments may overlap. Other markers last until the next one of
    their kind, or to the end; where all are such, what lies before the first is the segment `BEFORE`. Names that occur
    again get a number. Without any marker, all of it is one segment.
    """
    notes: list[str] = []
    inside: list[Marker] = []
    for marker in sorted(markers, key=lambda marker: marker.time_s):
        ends_s = marker.time_s if marker.end_s is None else marker.end_s
        if marker.time_s >= end_s or ends_s < start_s:
            notes.append(
                f"marker {marker.name!r} at {marker.time_s:g} s is outside the recording, "
                f"{start_s:g} to {end_s:.1f} s, and left out"
            )
        else:
            inside.append(marker)
    points = [marker for marker in inside if marker.end_s is None]
    found = [
        Segment(marker.name, max(marker.time_s, start_s), min(marker.end_s, end_s))
        for marker in inside
        if marker.end_s is not None
    ]
    ends = [*(marker.time_s for marker in points[1:]), end_s]
    found += [
        Segment(marker.name, marker.time_s, until)
        for marker, until in zip(points, ends, strict=False)
        if until > marker.time_s
    ]
    if points and len(points) == len(inside) and points[0].time_s - start_s > _LEAST_S:
        found.append(Segment(BEFORE, start_s, points[0].time_s))
    found = sorted(found, key=lambda segment: (segment.start_s, segment.end_s)) or [Segment(WHOLE, start_s, end_s)]
    return _numbered(found), notes + _overlaps(found)


def _numbered(segments: Sequence[Segment]) -> list[Segment]:
    seen: Counter[str] = Counter()
    numbered: list[Segment] = []
    for segment in segments:
        seen[segment.name] += 1
        again = f" ({seen[segment.name]})" if seen[segment.name] > 1 else ""
        numbered.append(Segment(f"{segment.name}{again}", segment.start_s, segment.end_s))
    return numbered


def _overlaps(segments: Sequence[Segment]) -> list[str]:
    return [
        f"segments {first.name!r} and {second.name!r} overlap by {first.end_s - second.start_s:.1f} s: "
        "what lies in both counts for both"
        for first, second in pairwise(segments)
        if first.end_s - second.start_s > 1e-6
    ]
