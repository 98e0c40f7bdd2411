"""The report on one or several recordings as an HTML page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from emoar import __version__
from emoar.analysis.dependence import Interval
from emoar.analysis.recording_summary import PersonSummary, RecordingSummary
from emoar.analysis.summary import LabelSummary, SegmentSummary
from emoar.labels import UNSURE
from emoar.report.charts import changes, colour_of, shares, timeline
from emoar.report.comparison_section import persons_compared
from emoar.report.figure import LIGHT, Chart
from emoar.report.html_page import Table, render_page
from emoar.report.text import length, percent, points, span

__all__ = ["session_page"]

_SHOWN: Final = 4  # labels in a timeline or chart of changes
_SEEN: Final = 0.03  # mean probability from which a label is drawn
_CHANGED: Final = 0.02  # change in a segment from which a label is drawn
_FEW: Final = 0.5  # classified share below which a row is greyed


@dataclass(frozen=True)
class _Row:
    """One row of the table of all statistics."""

    segment: str
    label: str
    cells: tuple[str, ...]
    few: bool  # less than half of the segment was classified
    first: bool  # of its segment


@dataclass(frozen=True)
class _Person:
    name: str
    sentences: tuple[str, ...]
    timeline: Chart
    charts: tuple[Chart, ...]
    main: Table
    few: tuple[bool, ...]  # by row of `main`
    rows: tuple[_Row, ...]


@dataclass(frozen=True)
class _Section:
    """One recording."""

    title: str
    facts: str
    persons: tuple[_Person, ...]
    brief: int
    notes: tuple[str, ...]
    has_raw: bool
    baseline: str


def session_page(summaries: Sequence[RecordingSummary], purpose: str, title: str = "") -> str:
    """The HTML text of the page.

    Args:
        summaries: at least one recording.
        purpose: what the report is for, in the user's words; it is printed.
        title: heading; empty: the names of the recordings.
    """
    labels = list(dict.fromkeys(label for each in summaries for label in _labels(each)))
    named = title or (summaries[0].recording.name if len(summaries) == 1 else f"{len(summaries)} recordings compared")
    persons = [person for each in summaries for person in each.persons]
    seconds = sum(each.recording.end_s - each.recording.start_s for each in summaries)
    usable = [person.whole.usable_share for person in persons]
    return render_page(
        "emoar.report",
        "session.html.jinja",
        title=named,
        purpose=purpose,
        date=date.today().isoformat(),
        version=__version__,
        several=len(summaries) > 1,
        cards=[
            (length(seconds), "recorded" if len(summaries) == 1 else f"recorded in {len(summaries)} files"),
            (str(len(persons)), "face" if len(persons) == 1 else "faces"),
            (percent(float(np.mean(usable)), 0) if usable else "-", "of the time classified, mean of the faces"),
            (str(len({part.name for each in summaries for part in each.segments})), "segments"),
        ],
        legend=[(label, _variable(label, labels)) for label in (*labels, UNSURE)],
        sections=[_section(each, purpose) for each in summaries],
        comparison=persons_compared(summaries) if len(summaries) > 1 else None,
    )


def _labels(summary: RecordingSummary) -> tuple[str, ...]:
    return summary.persons[0].series.labels if summary.persons else ()


def _variable(label: str, labels: Sequence[str]) -> str:
    """The name of the CSS variable of a label's colour."""
    if label == UNSURE:
        return UNSURE
    colour = colour_of(label, labels)
    return next(name for name, value in LIGHT.items() if value == colour)


def _section(summary: RecordingSummary, purpose: str) -> _Section:
    recording = summary.recording
    facts = [
        f"source {recording.source}" if recording.source else "",
        f"recorded {recording.began[:16].replace('T', ' ')} UTC" if recording.began else "",
        length(recording.end_s - recording.start_s),
        f"recorded for: {recording.purpose}" if recording.purpose not in ("", purpose) else "",
    ]
    return _Section(
        title=recording.name,
        facts=", ".join(filter(None, facts)),
        persons=tuple(_person(summary, person) for person in summary.persons),
        brief=summary.brief,
        notes=tuple(map(_capital, summary.notes)),
        has_raw=recording.has_raw,
        baseline=summary.baseline,
    )


def _person(summary: RecordingSummary, person: PersonSummary) -> _Person:
    recording, parts, labels = summary.recording, person.segments, person.series.labels
    shown = _shown(person)
    moved = _moved(person)
    charts = [shares(parts, labels), *([changes(parts, moved)] if moved else [])]
    main = Table(
        ("segment", "length", "classified", *(f"{label}, mean" for label in shown)),
        [
            (part.segment.name, length(part.segment.length_s), percent(part.usable_share, 0))
            + tuple(_share(part.of(label).mean) for label in shown)
            for part in parts
        ],
    )
    return _Person(
        name=_capital(person.name),
        sentences=tuple(_sentences(person)),
        timeline=timeline(person.series, person.raw, summary.segments, (recording.start_s, recording.end_s), shown),
        charts=tuple(charts),
        main=main,
        few=tuple(part.usable_share < _FEW for part in parts),
        rows=tuple(row for part in parts for row in _rows(part, raw=recording.has_raw)),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _shown(person: PersonSummary) -> list[str]:
    """The labels with the largest mean probabilities, in the order of the set."""
    means = {each.label: each.mean.value for each in person.whole.labels if each.mean is not None}
    largest = sorted((label for label in means if means[label] >= _SEEN), key=lambda label: -means[label])[:_SHOWN]
    return [label for label in person.series.labels if label in largest]


def _moved(person: PersonSummary) -> list[str]:
    """The labels that differ most from the person's rest in any segment."""
    largest: dict[str, float] = {}
    for part in person.segments:
        for each in part.labels:
            if each.change is not None:
                largest[each.label] = max(largest.get(each.label, 0.0), abs(each.change.value))
    order = sorted((label for label in largest if largest[label] >= _CHANGED), key=lambda label: -largest[label])
    return [label for label in person.series.labels if label in order[:_SHOWN]]


def _sentences(person: PersonSummary) -> list[str]:
    """What the numbers show, in words."""
    shown = sorted(((share, label) for label, share in person.whole.shares.items() if share >= 0.005), reverse=True)
    words = ", ".join(f"{label} {percent(share, 0)}" for share, label in shown[:3])
    found = [f"Shown label in the {length(person.whole.usable_s)} that could be classified: {words}."]
    sure = [
        (abs(each.change.value), part, each)
        for part in person.segments
        if part.usable_share >= _FEW
        for each in part.labels
        if each.change is not None and abs(each.change.value) >= _CHANGED and each.change.low * each.change.high > 0
    ]
    if sure:
        _, part, each = max(sure, key=lambda row: row[0])
        assert each.change is not None
        found.append(
            f"Largest change from rest: {each.label} {points(each.change.value)} points "
            f"in “{part.segment.name}” (95 % interval {span(each.change)})."
        )
    elif person.baseline is not None:
        found.append("No segment differs from rest by more than its uncertainty and 2 points.")
    return found


def _rows(part: SegmentSummary, *, raw: bool) -> list[_Row]:
    few = part.usable_share < _FEW
    return [
        _Row(part.segment.name, each.label, _cells(each, raw=raw), few, at == 0) for at, each in enumerate(part.labels)
    ]


def _cells(each: LabelSummary, *, raw: bool) -> tuple[str, ...]:
    numbers = each.statistics
    return (
        _share(each.mean),
        *(("-" if each.raw_mean is None else percent(each.raw_mean),) if raw else ()),
        percent(numbers.deviation),
        f"{each.effective:.0f}",
        f"{points(each.change.value)} ({span(each.change)})" if each.change else "-",
        percent(numbers.share, 0),
        str(numbers.episodes),
        _seconds(numbers.mean_episode_s),
        _seconds(numbers.onset_latency_s),
        percent(numbers.peak, 0),
        _seconds(numbers.peak_latency_s),
        "-" if math.isnan(numbers.area) else f"{numbers.area:.2f}",
    )


def _share(mean: Interval | None) -> str:
    return "-" if mean is None else f"{percent(mean.value)} ({100 * mean.low:.0f} to {100 * mean.high:.0f})"


def _seconds(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.1f} s"
