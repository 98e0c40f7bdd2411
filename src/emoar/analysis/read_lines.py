"""Reads scenes as JSON Lines, and sessions, which are such lines in gzip with markers between them."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from emoar.analysis.recording import Recording
from emoar.analysis.scene_columns import SceneColumns
from emoar.errors import InputError
from emoar.session.marker import MARKER_SCHEMA, Marker
from emoar.session.session_file import END_SCHEMA, SESSION_SCHEMA
from emoar.session.session_lines import gzip_lines

__all__ = ["read_lines", "read_session"]

_CUT: Final = "the file ends early: what was recorded up to its end is all here"


def read_lines(chunks: Iterable[bytes], path: Path, *, landmarks: bool = False) -> Recording:
    """A recording of the lines of a `.jsonl` file, or of the one scene of a `.json` file.

    A last line that is cut off is left out, with a note.

    Args:
        chunks: the content of the file.
        path: the file, for its name.
        landmarks: whether to keep the landmarks.

    Raises:
        InputError: a line is no scene of this version.
    """
    scenes, notes = SceneColumns(path.name, landmarks=landmarks), list[str]()
    lines = _lines(chunks)
    for number, (line, ended) in enumerate(lines, 1):
        document = _document(line)
        if document is None and number == 1:  # one indented document, as `emoar image` writes it
            document = _document(b"\n".join([line, *(each for each, _ in lines)]))
        if document is not None:
            scenes.add(document, number)
        elif not ended and number > 1:
            notes.append("the last line is cut off and left out")
        else:
            raise InputError(f"{path.name}, line {number} is no JSON: the file is damaged, or no recording")
    return _recording(path, scenes, {}, (), notes)


def read_session(chunks: Iterable[bytes], path: Path) -> Recording:
    """A recording of an `.emoar` file, up to where it ends, whatever ended it.

    Raises:
        InputError: it is no session, or one of another version.
    """
    scenes, markers = SceneColumns(path.name), list[Marker]()
    head: Mapping[str, Any] | None = None
    lines = gzip_lines(chunks)
    number, ended = 0, False
    while (line := next(lines, None)) is not None:
        number += 1
        document = _document(line)
        schema = None if document is None else document.get("schema")
        if document is None or (number == 1 and schema != SESSION_SCHEMA):
            raise InputError(
                f"{path.name}, line {number}: {schema!r}, and this version of EmoAR reads {SESSION_SCHEMA!r}"
            )
        if number == 1:
            head = document
        elif schema == MARKER_SCHEMA:
            markers.append(Marker.from_dict(document))
        elif schema == END_SCHEMA:
            ended = True
        else:
            scenes.add(document, number)
    if head is None:
        raise InputError(f"{path.name} ends before its first line: nothing was recorded")
    return _recording(path, scenes, head, markers, [] if ended else [_CUT])


def _recording(
    path: Path, scenes: SceneColumns, head: Mapping[str, Any], markers: Iterable[Marker], notes: Iterable[str]
) -> Recording:
    frames, faces = scenes.tables()
    if not len(frames["time_s"]):
        raise InputError(f"{path.name} has no scenes")
    sets = {str(name): tuple(map(str, labels)) for name, labels in head.get("label_sets", {}).items()}
    return Recording(
        name=path.stem,
        frames=frames,
        faces=faces,
        label_sets=scenes.label_sets or sets,
        markers=tuple(sorted(markers, key=lambda marker: marker.time_s)),
        source=scenes.source or str(head.get("source", "")),
        began=head.get("began"),
        purpose=str(head.get("purpose", "")),
        notes=tuple(notes),
    )


def _document(line: bytes) -> Mapping[str, Any] | None:
    """The JSON object of a line; None if it is none."""
    try:
        return msgspec.json.decode(line, type=dict[str, Any])
    except msgspec.MsgspecError:  # cut off, or a list
        return None


def _lines(chunks: Iterable[bytes]) -> Generator[tuple[bytes, bool]]:
    """The lines that are not blank, and whether each has its end."""
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        yield from ((line, True) for line in lines if line.strip())
    if rest.strip():
        yield rest, False
