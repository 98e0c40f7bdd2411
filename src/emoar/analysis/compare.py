"""Several recordings beside each other: one value a person and segment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from emoar.analysis.recording_summary import RecordingSummary

__all__ = ["one_value_each", "shared_segments"]

LEAST_SHARE: Final = 0.5  # of a segment that must be classified for its value to count


def shared_segments(summaries: Sequence[RecordingSummary]) -> list[str]:
    """The names of the segments that every recording has, in the order of the first one."""
    if not summaries:
        return []
    names = [{segment.name for segment in summary.segments} for summary in summaries]
    return [segment.name for segment in summaries[0].segments if all(segment.name in each for each in names)]


def one_value_each(
    summaries: Sequence[RecordingSummary], segments: Sequence[str], *, relative: bool
) -> Mapping[str, dict[str, list[float]]]:
    """By label and person, one value a segment: the mean probability, or its change from the person's rest.

    A segment of which less than `LEAST_SHARE` was classified is NaN. A person is named after the recording, and after
    the face where a recording has several.

    Args:
        summaries: of recordings with the same labels; others add their own.
        segments: names, from `shared_segments`.
        relative: changes from rest.
    """
    table: dict[str, dict[str, list[float]]] = {}
    for summary in summaries:
        alone = len(summary.persons) == 1
        for person in summary.persons:
            unnamed = alone and person.name.startswith("face ")
            name = summary.recording.name if unnamed else f"{summary.recording.name}: {person.name}"
            parts = {part.segment.name: part for part in person.segments}
            for label in person.series.labels:
                row = table.setdefault(label, {}).setdefault(name, [])
                for segment in segments:
                    part = parts[segment]
                    found = part.of(label).change if relative else part.of(label).mean
                    row.append(found.value if found is not None and part.usable_share >= LEAST_SHARE else float("nan"))
    return table
