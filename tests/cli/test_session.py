"""`emoar session`: records, shows, and loses nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from makers import make_video

from emoar.analysis.read import read_recording
from emoar.types import Frame

from .inputs import check_line

FAKE = Path(__file__).with_name("fake_emoar.py")


def test_a_video_is_recorded_with_markers(tmp_path: Path, emoar: Callable) -> None:
    source, path = make_video(tmp_path / "in.mp4", count=20), tmp_path / "a.emoar"
    markers = tmp_path / "m.csv"
    markers.write_text("time_s,name\n0.3,film\n")
    result = emoar("session", "start", source, "-o", path, "--markers", markers, "--purpose", " a  test ")
    assert (result.code, result.err) == (0, "")
    assert "a.emoar (20 scenes, 1 marker): 1 face," in result.out
    recording = read_recording(path)
    assert (len(recording.frames["time_s"]), recording.source) == (20, "in.mp4")
    assert recording.purpose == "a test"

    shown = emoar("session", "info", path)
    assert (shown.code, shown.err) == (0, "")
    assert "film at 0.3 s" in shown.out
    facts = json.loads(emoar("session", "info", path, "--json").out)
    assert (facts["frames"], facts["markers"][0]["name"], facts["notes"]) == (20, "film", [])
    assert emoar("session", "markers", path).out == "time_s,name,end_s\n0.3000,film,\n"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["in.mp4"], 2, "name the recording: -o interview.emoar"),
        (["in.mp4", "-o", "a.jsonl"], 2, "name the recording"),
        (["in.mp4", "-o", "there.emoar"], 4, "there.emoar exists: name another file"),
        (["in.mp4", "-o", "file/a.emoar"], 4, "cannot write"),
        (["none.mp4", "-o", "a.emoar"], 3, "No such file"),
        (["98", "-o", "a.emoar"], 3, "camera 98 cannot be opened"),
        (["in.mp4", "-o", "a.emoar", "--markers", "none.csv"], 2, "there is no file none.csv"),
        (["in.mp4", "-o", "a.emoar", "--key", "qq=x"], 2, "--key must look like q=question, got 'qq=x'"),
        (["in.mp4", "-o", "a.emoar", "--key", "q=x"], 2, "--key needs a camera or stream, and a terminal"),
    ],
)
def test_what_cannot_be_recorded(
    arguments: list[str], code: int, words: str, tmp_path: Path, emoar: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    make_video(tmp_path / "in.mp4")
    (tmp_path / "there.emoar").write_text("precious")
    (tmp_path / "file").write_text("")
    result = emoar("session", "start", *arguments)
    assert result.code == code
    check_line(result.err)
    assert words in result.err
    assert (tmp_path / "there.emoar").read_text() == "precious"


@pytest.mark.parametrize("command", ["info", "markers"])
def test_files_that_are_no_recordings(command: str, tmp_path: Path, emoar: Callable) -> None:
    result = emoar("session", command, tmp_path / "none.emoar")
    assert result.code == 2
    check_line(result.err)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_whatever_ends_it_the_recording_is_there(how: signal.Signals, tmp_path: Path) -> None:
    source, path = make_video(tmp_path / "in.mp4", count=3000, size=(64, 48)), tmp_path / "a.emoar"
    command = [sys.executable, str(FAKE), "0.02", "session", "start", str(source), "-o", str(path)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, "NO_COLOR": "1"})
    while process.poll() is None and not (path.exists() and path.stat().st_size > 5000):
        pass
    process.send_signal(how)
    _, errors = process.communicate()
    recording = read_recording(path)
    assert len(recording.frames["time_s"]) > 5
    if how == signal.SIGKILL:
        assert recording.notes
    else:
        assert (process.returncode, recording.notes) == (130, ())
        assert f"emoar: stopped; kept {path} (" in errors


def test_markers_of_other_programs(tmp_path: Path, emoar: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    from emoar.events.lsl import marker_inlet

    class Inlet:
        """A program that marks the fourth frame."""

        def __init__(self, stream: str | None) -> None:
            self.stream = stream

        def read(self, frame: Frame) -> list[marker_inlet.StimulusMarker]:
            texts = {0: ("before", " "), 3: (f"from {self.stream}", "x" * 300)}.get(frame.index, ())
            return [marker_inlet.StimulusMarker(frame.time_s - 0.05, text) for text in texts]

        def __enter__(self) -> Inlet:
            return self

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr(marker_inlet, "MarkerInlet", Inlet)
    path = tmp_path / "a.emoar"
    source = make_video(tmp_path / "in.mp4", count=10)
    assert emoar("session", "start", source, "-o", path, "--lsl-markers", "all").code == 0
    found = [(marker.name[:9], marker.time_s) for marker in read_recording(path).markers]
    assert found == [("before", 0.0), ("from None", 0.05), ("x" * 9, 0.05)]
