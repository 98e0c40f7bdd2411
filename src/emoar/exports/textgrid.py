"""Praat's TextGrid, long form, UTF-8: an interval tier for each face."""

from __future__ import annotations

from pathlib import Path

from emoar.analysis.episodes import episodes
from emoar.analysis.recording import Recording, face_series
from emoar.exports.base import ExportOptions
from emoar.files import atomic_write

__all__ = ["write_textgrid"]

Interval = tuple[float, float, str]  # start, end, text


def write_textgrid(recording: Recording, path: Path, options: ExportOptions) -> list[Path]:
    """An interval tier for each face, without gaps as Praat wants it, and a point tier of the markers if there are any.

    Raises:
        OutputError: the file cannot be written.
        InputError: the label set changes within the recording.
    """
    del options
    faces = face_series(recording)
    found = {series.face: [(one.start_s, one.end_s, one.label) for one in episodes(series)] for series in faces}
    end_s = max([recording.end_s, 0.001, *(one[1] for part in found.values() for one in part)])
    points: dict[float, str] = {}
    for marker in recording.markers:
        if 0 <= marker.time_s <= end_s:  # Praat has one mark at a time
            points[marker.time_s] = "; ".join(filter(None, (points.get(marker.time_s), marker.name)))
    lines = ['File type = "ooTextFile"', 'Object class = "TextGrid"', "", "xmin = 0", f"xmax = {end_s:.6f}"]
    count = len(found) + bool(points)
    lines += ["tiers? <exists>", f"size = {count}", "item []:"]
    for number, (name, intervals) in enumerate(found.items(), 1):
        lines += _interval_tier(number, name, _tiled(intervals, end_s), end_s)
    if points:
        lines += _point_tier(count, points, end_s)
    atomic_write(path, ("\n".join(lines) + "\n").encode())
    return [path]


def _tiled(intervals: list[Interval], end_s: float) -> list[Interval]:
    """The intervals with empty ones between them: together they cover all of the time."""
    tiles: list[Interval] = []
    at = 0.0
    for start_s, stop_s, text in intervals:
        start_s = max(start_s, at)
        if stop_s - start_s < 1e-6:
            continue
        if start_s - at > 1e-6:
            tiles.append((at, start_s, ""))
        else:
            start_s = at
        tiles.append((start_s, stop_s, text))
        at = stop_s
    if end_s - at > 1e-6 or not tiles:
        tiles.append((at, end_s, ""))
    return tiles


def _interval_tier(number: int, name: str, intervals: list[Interval], end_s: float) -> list[str]:
    lines = _head(number, "IntervalTier", name, end_s, f"intervals: size = {len(intervals)}")
    for index, (start_s, stop_s, text) in enumerate(intervals, 1):
        lines += [
            f"        intervals [{index}]:",
            f"            xmin = {start_s:.6f}",
            f"            xmax = {stop_s:.6f}",
            f"            text = {_quoted(text)}",
        ]
    return lines


def _point_tier(number: int, points: dict[float, str], end_s: float) -> list[str]:
    lines = _head(number, "TextTier", "markers", end_s, f"points: size = {len(points)}")
    for index, (time_s, text) in enumerate(sorted(points.items()), 1):
        lines += [
            f"        points [{index}]:",
            f"            number = {time_s:.6f}",
            f"            mark = {_quoted(text)}",
        ]
    return lines


def _head(number: int, kind: str, name: str, end_s: float, size: str) -> list[str]:
    return [
        f"    item [{number}]:",
        f'        class = "{kind}"',
        f"        name = {_quoted(name)}",
        "        xmin = 0",
        f"        xmax = {end_s:.6f}",
        f"        {size}",
    ]


def _quoted(text: str) -> str:
    """Praat doubles quotation marks within a text."""
    return '"' + text.replace('"', '""') + '"'
