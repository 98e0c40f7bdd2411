"""WebVTT: the expressions as subtitles of the video, for any player."""

from __future__ import annotations

from pathlib import Path

from emoar.analysis.episodes import episodes
from emoar.analysis.recording import Recording, face_series
from emoar.exports.base import ExportOptions
from emoar.files import atomic_write

__all__ = ["write_webvtt"]


def write_webvtt(recording: Recording, path: Path, options: ExportOptions) -> list[Path]:
    """One cue for each stretch of a label, in the order of time; cues of several faces may overlap.

    Raises:
        OutputError: the file cannot be written.
        InputError: the label set changes within the recording.
    """
    del options
    cues = sorted(
        (one.start_s, one.end_s, f"{series.face}: {one.label}")
        for series in face_series(recording)
        for one in episodes(series)
    )
    blocks = [f"{_stamp(start_s)} --> {_stamp(end_s)}\n{_escaped(text)}" for start_s, end_s, text in cues]
    atomic_write(path, ("\n\n".join(["WEBVTT", *blocks]) + "\n").encode())
    return [path]


def _stamp(time_s: float) -> str:
    milliseconds = round(max(time_s, 0.0) * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}.{rest % 1000:03d}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
