"""The findings as one HTML page with thumbnails and charts, which needs no other file and no network."""

from __future__ import annotations

import base64
from collections import Counter
from html import escape
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.files import PartialFile, output_errors
from emoar.training.clean.charts import bars, histogram, stacked_bars
from emoar.training.clean.findings import FINDINGS, Finding, Findings
from emoar.training.data.face_dataset import NO_LABEL, SPLITS, VOTE_COLUMNS, FaceDataset
from emoar.training.data.resize import resized

__all__ = ["write_report"]

SHOWN: Final = 24  # faces of each finding: half the surest, half the least sure
THUMBNAIL_PX: Final = 48
STYLE: Final = """
:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:1000px;margin:2em auto;padding:0 1em}
h2{margin:2em 0 .2em}table{border-collapse:collapse}td,th{padding:.15em .8em;text-align:right}
td:first-child,th:first-child{text-align:left}tr:nth-child(even){background:#8881}
.faces{display:flex;flex-wrap:wrap;gap:10px}.face{width:118px;font-size:11px;line-height:1.3;overflow-wrap:anywhere}
.face img{width:56px;height:56px;image-rendering:auto}svg text{font:12px system-ui,sans-serif;fill:currentColor}
code{background:#8882;padding:0 .3em}.quiet{opacity:.7}
"""


def write_report(data: FaceDataset, findings: Findings, path: Path) -> None:
    """Writes the page. It holds pictures of the data: treat it as the data.

    Raises:
        OutputError: it cannot be written.
    """
    file = PartialFile(path)
    try:
        with output_errors(path):
            file.temporary.write_text(_page(data, findings), encoding="utf-8")
    except BaseException:
        file.discard()
        raise
    file.commit()


def _page(data: FaceDataset, findings: Findings) -> str:
    place = {int(row): index for index, row in enumerate(data.rows)}
    sections = [_section(name, data, findings, place) for name in findings.counts]
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(data.name)}: findings</title>'
        f"<style>{STYLE}</style><h1>{escape(data.name or 'Labelled faces')}: findings</h1>"
        f"<p>{len(data):,} faces, licence: {escape(data.licence)}. Nothing was changed or deleted: training leaves out "
        "what <code>--exclude clean.parquet:finding,…</code> names and takes the labels that "
        "<code>--relabel clean.parquet</code> suggests. This page holds pictures of the data: treat it as the data.</p>"
        f"{_summary(data, findings, place)}{_classes(data, findings.label_set)}{_votes(data)}{''.join(sections)}</html>"
    )


def _summary(data: FaceDataset, findings: Findings, place: dict[int, int]) -> str:
    seen = Counter((item.name, str(data.split[place[item.row]])) for item in findings.items if item.row is not None)
    head = "".join(f"<th>{split}</th>" for split in SPLITS)
    rows = "".join(
        f'<tr><td><a href="#{name}">{name}</a></td>{"".join(f"<td>{seen[name, s]:,}</td>" for s in SPLITS)}'
        f"<td>{count:,}</td></tr>"
        for name, count in findings.counts.items()
    )
    return f"<h2>How many</h2><table><tr><th>finding</th>{head}<th>all</th></tr>{rows}</table>{bars(findings.counts)}"


def _classes(data: FaceDataset, label_set: str) -> str:
    truth = data.truth(label_set)
    counts = {
        label: [int(((truth == index) & (data.split == split)).sum()) for split in SPLITS]
        for index, label in enumerate(data.label_sets[label_set])
    }
    return f"<h2>Classes ({escape(label_set)})</h2>{stacked_bars(counts, SPLITS)}"


def _votes(data: FaceDataset) -> str:
    if not data.votes.any():
        return ""
    shares = data.votes.max(axis=1) / np.maximum(data.votes.sum(axis=1), 1)
    counts = np.histogram(shares[data.votes.any(axis=1)], 10, (0, 1))[0].tolist()
    totals: dict[str, float] = {name: float(data.votes[:, i].sum()) for i, name in enumerate(VOTE_COLUMNS)}
    return (
        f"<h2>FER+ votes</h2>{bars(totals)}<p>Faces by the share of their most frequent vote:</p>"
        f"{histogram(counts, 0, 1)}"
    )


def _section(name: str, data: FaceDataset, findings: Findings, place: dict[int, int]) -> str:
    items = findings.of(name)
    suggestions = Counter(item.suggestion for item in items).most_common(8)
    words = ", ".join(f"{escape(what)} ({count:,})" for what, count in suggestions)
    scores = np.histogram([item.score for item in items], 20, (0, 1))[0].tolist()
    shown = items if len(items) <= SHOWN else items[: SHOWN // 2] + items[-SHOWN // 2 :]
    note = f" The {SHOWN // 2} surest and the {SHOWN // 2} least sure:" if len(items) > SHOWN else ""
    faces = "".join(_face(item, data, place) for item in shown)
    return (
        f'<h2 id="{name}">{name}: {len(items):,}</h2><p>{escape(FINDINGS[name])}. Suggested: {words}.{note}</p>'
        f'{histogram(scores, 0, 1) if len(items) > SHOWN else ""}<div class="faces">{faces}</div>'
    )


def _face(item: Finding, data: FaceDataset, place: dict[int, int]) -> str:
    if item.row is None:
        return f'<p class="class">{escape(item.detail)}: {escape(item.suggestion)}</p>'
    pictures = [place[row] for row in (item.row, item.other_row) if row is not None and row in place]
    images = "".join(f'<img alt="" src="{_data_address(data.images[index])}">' for index in pictures)
    index = pictures[0]
    labels = _labels(data, index)
    where = data.files[index] or f"row {item.row}"
    return (
        f'<div class="face">{images}<br>{escape(str(where))} <span class="quiet">{data.split[index]}</span><br>'
        f"{escape(' / '.join(labels) or 'no label')}<br>{item.score:.2f} {escape(item.detail)}</div>"
    )


def _labels(data: FaceDataset, index: int) -> list[str]:
    """The label of one face in each set that has one for it."""
    known = ((names, int(data.truth(label_set)[index])) for label_set, names in data.label_sets.items())
    return [names[label] for names, label in known if label != NO_LABEL]


def _data_address(image: NDArray[np.uint8]) -> str:
    small: Any = resized(image, THUMBNAIL_PX, colour=image.ndim == 3)
    bgr: Any = small[..., ::-1] if small.ndim == 3 else small
    data = cv2.imencode(".webp", bgr, [cv2.IMWRITE_WEBP_QUALITY, 85])[1].tobytes()
    return f"data:image/webp;base64,{base64.b64encode(data).decode()}"
