"""Scenes of a pipeline become lines of a session."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest
from makers import make_scene

from emoar.errors import OutputError
from emoar.session.session_lines import GZIP
from emoar.session.session_sink import SessionSink


def test_a_scene_is_a_line_without_landmarks(tmp_path: Path) -> None:
    path = tmp_path / "a.emoar"
    with SessionSink(path) as sink:
        assert not sink.needs_picture
        sink.write(make_scene(), None)
    lines = zlib.decompress(path.read_bytes(), GZIP).splitlines()
    assert len(lines) == 3, "head, scene, end"
    assert b"landmarks_px" not in lines[1].replace(b"five_landmarks_px", b"")
    with pytest.raises(OutputError, match="is closed"):
        sink.write(make_scene())
