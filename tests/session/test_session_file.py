"""Recordings that go on to the end, and those that something ends."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest
from makers import make_scene

from emoar.analysis.read import read_recording
from emoar.errors import OutputError
from emoar.session.marker import Marker
from emoar.session.session_sink import SessionSink


def test_scenes_and_markers_are_read_back(tmp_path: Path) -> None:
    path = tmp_path / "new" / "interview.emoar"
    with SessionSink(path, source="camera", purpose="a test") as sink:
        sink.write(make_scene(2, time_s=0.0))
        sink.mark(Marker("question", 0.05))
        sink.write(make_scene(0, time_s=0.1, index=1))
    assert sink.close() == f"{path} (2 scenes, 1 marker)"
    recording = read_recording(path)
    assert recording.frames["time_s"].tolist() == [0.0, 0.1]
    assert recording.faces["track_id"].tolist() == [1, 2]
    assert recording.markers == (Marker("question", 0.05),)
    assert (recording.name, recording.purpose, recording.notes) == ("interview", "a test", ())
    assert recording.began is not None
    assert path.stat().st_mode & 0o077 == 0, "only for its owner"
    with pytest.raises(OutputError, match="is closed"):
        sink.write(make_scene())


def test_a_recording_never_replaces_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.emoar"
    path.write_text("precious")
    with pytest.raises(OutputError, match=r"exists: name another file"):
        SessionSink(path)
    assert path.read_text() == "precious"


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot write"):
        SessionSink(tmp_path / "file" / "a.emoar")


KILLED = """
import os, signal, sys
sys.path.insert(0, sys.argv[2])
from makers import make_scene
from emoar.session.marker import Marker
from emoar.session.session_sink import SessionSink
sink = SessionSink(sys.argv[1])
for i in range(50):
    sink.write(make_scene(time_s=i / 10, index=i))
sink.mark(Marker("the last thing", 4.95))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_kill_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "killed.emoar"
    done = subprocess.run([sys.executable, "-c", KILLED, str(path), str(Path(__file__).parent.parent)], check=False)
    assert done.returncode == -signal.SIGKILL
    recording = read_recording(path)
    assert len(recording.frames["time_s"]) == 50
    assert recording.markers == (Marker("the last thing", 4.95),)
    assert recording.notes == ("the file ends early: what was recorded up to its end is all here",)


def test_a_full_disk_keeps_what_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, write = tmp_path / "full.emoar", os.write
    sink = SessionSink(path)
    for i in range(5):
        sink.write(make_scene(time_s=i / 10, index=i))
    size = path.stat().st_size

    def full(file: int, data: Any) -> int:
        if len(data) > 10:
            return write(file, data[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OutputError, match="the disk is full"):
        sink.write(make_scene(time_s=0.5, index=5))
    assert path.stat().st_size == size, "the part of a line is gone"
    assert sink.close(complete=False) == f"{path} (5 scenes)"
    assert len(read_recording(path).frames["time_s"]) == 5


def test_no_file_is_left_where_not_even_the_first_line_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OutputError, match="the disk is full"):
        SessionSink(tmp_path / "full.emoar")
    assert list(tmp_path.iterdir()) == []


def test_a_session_is_small(tmp_path: Path) -> None:
    path, plain = tmp_path / "a.emoar", 0
    with SessionSink(path) as sink:
        for i in range(100):
            scene = make_scene(2, time_s=i / 30, index=i)
            plain += len(str(scene.to_dict()))
            sink.write(scene)
    assert path.stat().st_size < plain / 4
    assert zlib.decompress(path.read_bytes(), 31).startswith(b'{"schema":"emoar.recording/1"')
