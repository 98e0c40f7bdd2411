"""The part of a report that lays persons of several recordings beside each other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from emoar.analysis.compare import one_value_each, shared_segments
from emoar.analysis.recording_summary import RecordingSummary
from emoar.report.charts import comparison
from emoar.report.figure import Chart
from emoar.report.html_page import Table
from emoar.report.text import percent, points

__all__ = ["PersonsCompared", "persons_compared"]

_SHOWN: Final = 4  # labels
_DIFFERENT: Final = 0.02  # value from which a label is shown


@dataclass(frozen=True)
class PersonsCompared:
    """Charts and tables of the labels that differ most."""

    charts: tuple[Chart, ...]
    tables: tuple[tuple[str, Table], ...]
    relative: bool


def persons_compared(summaries: Sequence[RecordingSummary]) -> PersonsCompared | None:
    """One value a person and segment, for the segments that all recordings share; None where nothing compares."""
    segments = shared_segments(summaries)
    relative = all(person.baseline is not None for each in summaries for person in each.persons)
    table = one_value_each(summaries, segments, relative=relative)
    largest = {label: _largest(rows) for label, rows in table.items()} if segments else {}
    order = sorted(largest, key=lambda label: -largest[label])
    chosen = [label for label in order if largest[label] >= _DIFFERENT][:_SHOWN]
    if not chosen:
        return None
    charts = tuple(comparison(label, segments, table[label], relative=relative) for label in chosen)
    tables = tuple((label, _compared(segments, table[label], relative=relative)) for label in chosen)
    return PersonsCompared(charts, tables, relative)


def _largest(rows: Mapping[str, Sequence[float]]) -> float:
    """The value farthest from 0; 0 where there is none."""
    values = np.abs(np.array(list(rows.values()), np.float64))
    return float(np.nanmax(values, initial=0.0))


def _compared(segments: Sequence[str], rows: Mapping[str, Sequence[float]], *, relative: bool) -> Table:
    def cell(value: float) -> str:
        return "-" if math.isnan(value) else points(value) if relative else percent(value)

    lines = [(person, *map(cell, values)) for person, values in rows.items()]
    values = np.array(list(rows.values()), np.float64)
    known = (~np.isnan(values)).sum(axis=0)
    means = [float(np.nanmean(column)) if count else math.nan for column, count in zip(values.T, known, strict=True)]
    deviations = [
        f"{100 * float(np.nanstd(column, ddof=1)):.1f}" if count > 1 else "-"
        for column, count in zip(values.T, known, strict=True)
    ]
    return Table(
        ("person", *segments),
        [
            *lines,
            ("mean of the persons", *map(cell, means)),
            ("SD between persons, points", *deviations),
            ("persons", *(str(count) for count in known.tolist())),
        ],
    )
