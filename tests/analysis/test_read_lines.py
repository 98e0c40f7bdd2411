"""Lines of files and of sessions, in chunks that end anywhere."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from makers import make_scene

from emoar.analysis.read_lines import read_lines, read_session
from emoar.errors import InputError
from emoar.session.marker import Marker

PATH = Path("a")
HEAD: dict[str, Any] = {"schema": "emoar.recording/1", "began": "2026-01-02T03:04:05Z", "source": "camera"}
SCENES = [make_scene(time_s=i / 10, index=i).to_dict() for i in range(4)]


def lines(*documents: object) -> bytes:
    return b"".join(json.dumps(document).encode() + b"\n" for document in documents)


def pieces(content: bytes, step: int) -> list[bytes]:
    return [content[at : at + step] for at in range(0, len(content), step)]


@pytest.mark.parametrize("step", [1, 100, 10**6])
def test_chunks_end_anywhere(step: int) -> None:
    content = lines(*SCENES)
    assert len(read_lines(pieces(content, step), PATH).frames["time_s"]) == 4
    session = gzip.compress(lines(HEAD, *SCENES))
    assert len(read_session(pieces(session, step), PATH).frames["time_s"]) == 4


def test_blank_lines_and_a_missing_end_are_harmless() -> None:
    assert len(read_lines([b"\n" + lines(*SCENES[:2]) + b"\n\n" + lines(SCENES[2])[:-1]], PATH).frames["time_s"]) == 3


def test_a_session_is_read_in_any_order_of_markers() -> None:
    late, early = Marker("late", 0.3), Marker("early", 0.1)
    end = {"schema": "emoar.recording.end/1", "time_s": 0.3, "complete": True}
    found = read_session([gzip.compress(lines(HEAD, SCENES[0], late.to_dict(), early.to_dict(), SCENES[1], end))], PATH)
    assert found.markers == (early, late)
    assert (found.began, found.source, found.notes) == ("2026-01-02T03:04:05Z", "made.mp4", ())


@pytest.mark.parametrize(
    ("documents", "words"),
    [
        ([SCENES[0]], "line 1: 'emoar.scene/1', and this version of EmoAR reads 'emoar.recording/1'"),
        ([{**HEAD, "schema": "emoar.recording/2"}], "line 1: 'emoar.recording/2'"),
        ([HEAD, {"schema": "emoar.marker/1", "name": "a"}], "a marker is not complete"),
        ([HEAD, {"schema": "other/1"}], "line 2: 'other/1'"),
        ([HEAD], "has no scenes"),
    ],
)
def test_sessions_that_are_none(documents: list[dict[str, Any]], words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_session([gzip.compress(lines(*documents))], PATH)
