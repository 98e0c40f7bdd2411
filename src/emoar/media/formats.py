"""The table of file formats that scenes are written in.

A new format is one row here and one module with `open_sink`: `sinks.open_scene_sink`, the command line's help and the
server's results derive from the table. This module imports no library, so that help is fast.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["SCENE_FORMATS", "SceneFormat", "scene_format", "scene_formats_in_words"]


@dataclass(frozen=True)
class SceneFormat:
    """One file format."""

    suffixes: tuple[str, ...]  # lower case; the first one is that of the server's results
    summary: str  # for help
    media_type: str
    module: str  # has open_sink(path, *, landmarks, label_sets, measures, valence) -> Sink


SCENE_FORMATS: Final = (
    SceneFormat((".jsonl", ".ndjson"), "JSON Lines, one scene a line", "application/jsonl", "emoar.media.json_sinks"),
    SceneFormat(
        (".parquet",), "a table, one row a face and frame", "application/octet-stream", "emoar.media.parquet_sink"
    ),
)


def scene_format(suffix: str) -> SceneFormat | None:
    """The format of a file suffix such as `.jsonl`, in upper or lower case; None if there is no such format."""
    return next((row for row in SCENE_FORMATS if suffix.lower() in row.suffixes), None)


def scene_formats_in_words() -> str:
    """For help: `.jsonl (JSON Lines, one scene a line), .parquet (a table, one row a face and frame)`."""
    return ", ".join(f"{row.suffixes[0]} ({row.summary})" for row in SCENE_FORMATS)
