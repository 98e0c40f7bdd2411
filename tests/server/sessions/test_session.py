"""One recording: what it takes, when it ends, and what it keeps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from makers import make_scene

from emoar.analysis.read import read_recording
from emoar.errors import InputError, OutputError
from emoar.server.http.problems import Problem
from emoar.server.sessions.session import Session
from emoar.session.marker import Marker
from emoar.session.session_file import SessionFile


def session(folder: Path, **changes: Any) -> Session:
    limits: dict[str, Any] = {"max_bytes": 1_000_000, "max_s": 100.0, **changes}
    return Session("id", folder, None, ("",), "a test", **limits)


def body(time_s: float) -> bytes:
    return json.dumps(make_scene(time_s=time_s).to_dict(landmarks=True)).encode()


def test_scenes_and_markers(tmp_path: Path) -> None:
    one = session(tmp_path)
    with pytest.raises(Problem) as refused:
        one.mark("now", None, None)
    assert refused.value.kind == "session-waiting"
    one.mark("early", 0.5, 1.0)
    one.write(body(0.0))
    assert one.scenes == 0, "no socket yet"
    one.begin("emoar-m")
    one.write(body(0.1))
    now = one.mark("now", None, None)
    assert 0 <= now.time_s < 60
    one.stop()
    one.stop("again")
    assert (one.state, one.problem, one.scenes, one.markers) == ("stopped", None, 1, 2)
    recording = read_recording(one.path)
    assert recording.frames["time_s"].tolist() == [0.1]
    assert Marker("early", 0.5, 1.0) in recording.markers
    assert (recording.purpose, recording.notes) == ("a test", ())
    assert one.path.stat().st_size < 2000, "no landmarks"


def test_a_stopped_session_takes_nothing(tmp_path: Path) -> None:
    one = session(tmp_path)
    one.begin("emoar-m")
    one.stop()
    one.write(body(0.0))
    assert one.scenes == 0
    for refused in (lambda: one.mark("a", 1.0, None), lambda: one.begin("emoar-m")):
        with pytest.raises(Problem) as problem:
            refused()
        assert problem.value.status == 409


def test_markers_that_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="needs a name"):
        session(tmp_path).mark(" ", 1.0, None)


@pytest.mark.parametrize(
    ("limits", "setting"), [({"max_bytes": 500}, "max_session_bytes"), ({"max_s": 0.0}, "session_s")]
)
def test_its_limits_end_it(limits: dict[str, float], setting: str, tmp_path: Path) -> None:
    one = session(tmp_path, **limits)
    one.begin("emoar-m")
    one.write(body(0.0))
    one.write(body(0.1))
    assert one.state == "stopped"
    assert one.problem is not None
    assert setting in one.problem
    assert len(read_recording(one.path).frames["time_s"]) == one.scenes == 1


def test_a_full_disk_ends_it_without_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = session(tmp_path)
    one.begin("emoar-m")
    one.write(body(0.0))

    def full(*_: object) -> None:
        raise OutputError(f"cannot write {tmp_path}: the disk is full")

    monkeypatch.setattr(SessionFile, "_append", full)
    with pytest.raises(Problem) as problem:
        one.mark("a", 1.0, None)
    assert problem.value.status == 507
    one.write(body(0.1))
    assert one.state == "stopped"
    assert one.problem is not None
    assert str(tmp_path) not in one.problem
