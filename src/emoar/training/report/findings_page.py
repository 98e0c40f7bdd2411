"""The report of findings as an HTML page with charts and galleries of faces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from emoar.files import atomic_write
from emoar.labels import title_of
from emoar.report.figure import Chart
from emoar.training.clean.findings import FINDINGS, Finding, Findings
from emoar.training.data.face_dataset import SPLITS, FaceDataset
from emoar.training.data.targets import NO_LABEL
from emoar.training.report.charts import Bar, bars, histogram, stacked_bars
from emoar.training.report.html_page import Face, data_uri, render

__all__ = ["findings_page", "write_findings_page"]

_SHOWN: Final = 24  # faces shown for each finding, half with the highest and half with the lowest scores
_SUGGESTIONS: Final = 8  # number of most frequent suggestions in the text


@dataclass(frozen=True)
class _Count:
    """One row of the table."""

    name: str
    by_split: tuple[int, ...]
    total: int


@dataclass(frozen=True)
class _Section:
    """One finding."""

    name: str
    count: int
    meaning: str
    suggestions: str
    scores: Chart | None  # where not all faces are shown
    shown: int  # of the surest and of the least sure; 0 where all are shown
    faces: list[Face]
    classes: list[str]  # a finding about a class, one line each


def write_findings_page(data: FaceDataset, findings: Findings, path: Path) -> None:
    """Writes the page, which embeds images of the data and needs the same protection.

    Raises:
        OutputError: the file cannot be written.
    """
    atomic_write(path, findings_page(data, findings).encode())


def findings_page(data: FaceDataset, findings: Findings) -> str:
    """The HTML text of the page.

    Args:
        data: the faces that were cleaned.
        findings: the findings of these faces.
    """
    places = {int(row): place for place, row in enumerate(data.rows)}
    return render(
        "findings.html.jinja",
        name=data.name or "Labelled faces",
        faces=len(data),
        licence=data.licence,
        splits=SPLITS,
        counts=list(_counts(data, findings, places)),
        counts_chart=_bars("Findings", findings.counts),
        label_charts=[_labels_chart(data, findings.label_set), *_votes_charts(data)],
        sections=[_section(name, data, findings, places) for name in findings.counts],
    )


def _counts(data: FaceDataset, findings: Findings, places: Mapping[int, int]) -> Iterator[_Count]:
    seen = Counter((item.name, str(data.split[places[item.row]])) for item in findings.items if item.row is not None)
    for name, total in findings.counts.items():
        yield _Count(name, tuple(seen[name, split] for split in SPLITS), total)


def _labels_chart(data: FaceDataset, label_set: str) -> Chart:
    truth = data.truth(label_set)
    counts = {
        label: [int(((truth == index) & (data.split == split)).sum()) for split in SPLITS]
        for index, label in enumerate(data.label_sets[label_set])
    }
    return stacked_bars(f"Faces by label ({title_of(label_set)})", SPLITS, counts)


def _votes_charts(data: FaceDataset) -> Iterator[Chart]:
    for name, targets in data.voted.items():
        title = title_of(name)
        votes = targets.votes[targets.votes.any(axis=1)]
        totals = votes.sum(axis=0).astype(int).tolist()
        yield _bars(f"{title} votes by label", dict(zip(targets.columns, totals, strict=True)))
        shares = votes.max(axis=1) / votes.sum(axis=1)
        counts = np.histogram(shares, 10, (0, 1))[0].tolist()
        yield histogram(f"Agreement of the {title} taggers", counts, "share of the most frequent vote")


def _bars(title: str, counts: Mapping[str, int]) -> Chart:
    return bars(title, [Bar(name, count, f"{count:,}") for name, count in counts.items()], by_series=False)


def _section(name: str, data: FaceDataset, findings: Findings, places: Mapping[int, int]) -> _Section:
    items = findings.of(name)
    half = _SHOWN // 2 if len(items) > _SHOWN else 0
    shown = items[:half] + items[-half:] if half else items
    return _Section(
        name=name,
        count=len(items),
        meaning=FINDINGS[name],
        suggestions=_suggestions(items),
        scores=_scores_chart(items) if half else None,
        shown=half,
        faces=[_face(item, data, places) for item in shown if item.row is not None],
        classes=[f"{item.detail}: {item.suggestion}" for item in shown if item.row is None],
    )


def _suggestions(items: Sequence[Finding]) -> str:
    frequent = Counter(item.suggestion for item in items).most_common(_SUGGESTIONS)
    return ", ".join(f"{suggestion} ({count:,})" for suggestion, count in frequent)


def _scores_chart(items: Sequence[Finding]) -> Chart:
    return histogram("Scores", np.histogram([item.score for item in items], 20, (0, 1))[0].tolist(), "score")


def _face(item: Finding, data: FaceDataset, places: Mapping[int, int]) -> Face:
    """A gallery entry with the face and, if it is a copy, the other face."""
    pair = [places[row] for row in (item.row, item.other_row) if row is not None and row in places]
    place = pair[0]
    source = data.files[place] or f"row {item.row}"
    return Face(
        pictures=tuple(data_uri(data.images[each]) for each in pair),
        caption=" / ".join(_labels(data, place)) or "no label",
        details=(f"{item.score:.2f} {item.detail}".rstrip(), f"{source}, {data.split[place]}"),
    )


def _labels(data: FaceDataset, place: int) -> list[str]:
    """The labels of one face in all label sets that have one."""
    known = ((names, int(data.truth(label_set)[place])) for label_set, names in data.label_sets.items())
    return [names[label] for names, label in known if label != NO_LABEL]
