"""Reads markers from a table of text: CSV, or the tab-separated `events.tsv` of BIDS."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from emoar.errors import InputError
from emoar.session.marker import Marker

__all__ = ["read_markers"]

_START: Final = ("time_s", "start_s", "onset", "time", "start", "timestamp")
_END: Final = ("end_s", "end", "offset")
_DURATION: Final = ("duration_s", "duration")
_NAME: Final = ("name", "label", "trial_type", "marker", "segment", "event")
_MISSING: Final = ("", "n/a", "na", "nan")
_LARGEST: Final = 4_000_000  # bytes: more than anybody marks


def read_markers(path: str | Path) -> list[Marker]:
    """The markers of a file whose first line names its columns, in the order of time.

    The columns are a time in seconds (`time_s`, `start_s` or `onset`), a name (`name`, `label` or `trial_type`) and, if
    there is one, an end (`end_s`) or a duration (`duration_s` or `duration`). Others are left alone. Columns are
    separated by commas, semicolons or tabs.

    Raises:
        InputError: there is no such file, it cannot be read, has no such columns, or a line of it is wrong.
    """
    path = Path(path)
    try:
        content = path.read_bytes()
    except FileNotFoundError as exc:
        raise InputError(f"there is no file {path}") from exc
    except OSError as exc:
        raise InputError(f"cannot read {path}: {exc.strerror}") from exc
    try:
        text = content[: _LARGEST + 1].decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise InputError(f"{path} is no text in UTF-8: give a table with the columns time_s and name") from exc
    if len(content) > _LARGEST or "\0" in text:
        raise InputError(f"{path} is no table of markers: give a CSV file with the columns time_s and name")
    head, *rows = _rows(text) or [[]]
    columns = {name.strip().lower(): place for place, name in reversed(list(enumerate(head)))}
    start, name, end, duration = (_place(columns, names) for names in (_START, _NAME, _END, _DURATION))
    if start is None or name is None:
        raise InputError(
            f"{path}: the first line must name the columns time_s and name, got {', '.join(head) or 'nothing'}"
        )
    markers = [
        _marker(f"{path}, line {line}", row, start, name, end, duration)
        for line, row in enumerate(rows, 2)
        if any(cell.strip() for cell in row)
    ]
    if not markers:
        raise InputError(f"{path} has no markers")
    return sorted(markers, key=lambda marker: marker.time_s)


def _rows(text: str) -> list[list[str]]:
    first = text.partition("\n")[0]
    separator = max("\t;,", key=first.count)
    return list(csv.reader(io.StringIO(text), delimiter=separator))


def _place(columns: Mapping[str, int], names: Sequence[str]) -> int | None:
    return next((columns[name] for name in names if name in columns), None)


def _marker(where: str, row: Sequence[str], start: int, name: int, end: int | None, duration: int | None) -> Marker:
    start_s = _number(where, row, start)
    if start_s is None or name >= len(row):
        raise InputError(f"{where}: there is no time or no name")
    end_s, lasts_s = _number(where, row, end), _number(where, row, duration)
    if end_s is None and lasts_s:  # a duration of 0 is a moment, as in BIDS
        end_s = start_s + lasts_s
    try:
        return Marker(row[name], start_s, end_s)
    except InputError as exc:
        raise InputError(f"{where}: {exc}") from exc


def _number(where: str, row: Sequence[str], place: int | None) -> float | None:
    text = row[place].strip() if place is not None and place < len(row) else ""
    if text.lower() in _MISSING:
        return None
    try:
        return float(text.replace(",", ".", 1))
    except ValueError as exc:
        raise InputError(f"{where}: {text[:40]!r} is no number of seconds") from exc
