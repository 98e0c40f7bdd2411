"""`emoar report`: from files to one page."""

from __future__ import annotations

import csv
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from makers import make_scene

from emoar.session.marker import Marker
from emoar.session.session_sink import SessionSink

from .inputs import check_line

pytest.importorskip("jinja2", reason="pages need Jinja2: pip install 'emoar[report]'")
pytest.importorskip("matplotlib", reason="charts need matplotlib: pip install 'emoar[report]'")


def session(path: Path, faces: int = 1, purpose: str = "") -> Path:
    with SessionSink(path, purpose=purpose) as sink:
        sink.mark(Marker("rest", 0.0))
        sink.mark(Marker("film", 1.5))
        for i in range(90):
            sink.write(make_scene(faces, time_s=i / 30, index=i))
    return path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    session(tmp_path / "a.emoar")
    session(tmp_path / "b.emoar", 2, "a study")
    (tmp_path / "m.csv").write_text("time_s,name,end_s\n1,smile,2.5\n2,talk,2.8\n50,late,\n")
    (tmp_path / "empty.csv").write_text("")
    return tmp_path


def test_a_page_and_a_table(folder: Path, emoar: Callable) -> None:
    result = emoar("report", "a.emoar", "--purpose", "a test", "--baseline", "rest", "-o", "r.html", "--table", "t.csv")
    assert (result.code, result.err, result.out) == (0, "", "r.html: 1 face, t.csv\n")
    html = (folder / "r.html").read_text()
    assert "<b>Purpose:</b> a test" in html
    with (folder / "t.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["segment"] for row in rows if row["label"] == "happiness"] == ["rest", "film"]
    assert float(rows[1]["mean"]) == pytest.approx(0.79)


def test_the_purpose_of_the_recording_is_that_of_the_report(folder: Path, emoar: Callable) -> None:
    assert emoar("report", "b.emoar", "-o", "r.html").code == 0
    assert "<b>Purpose:</b> a study" in (folder / "r.html").read_text()


def test_markers_that_are_odd_lose_nothing(folder: Path, emoar: Callable) -> None:
    result = emoar("report", "a.emoar", "--purpose", "a test", "--markers", "m.csv", "-o", "r.html")
    assert result.code == 0
    lines = result.err.splitlines()
    assert "marker 'late' at 50 s is outside the recording" in lines[0]
    assert any("overlap" in line for line in lines[1:])
    html = (folder / "r.html").read_text()
    for name in ("rest", "film", "smile", "talk"):
        assert f"<td>{name}</td>" in html


def test_several_recordings(folder: Path, emoar: Callable) -> None:
    result = emoar("report", "a.emoar", "b.emoar", "--purpose", "a test", "-o", "r.html", "--baseline", "0-1")
    assert (result.code, result.out) == (0, "r.html: 3 faces\n")
    assert "2 recordings compared" in (folder / "r.html").read_text()


def test_faces_get_names(folder: Path, emoar: Callable) -> None:
    emoar("report", "b.emoar", "--name", "1=Ada", "--name", "2=Ben B", "-o", "r.html")
    html = (folder / "r.html").read_text()
    assert "<h2>Ada</h2>" in html
    assert "<h2>Ben B</h2>" in html


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["a.emoar"], 2, 'a report names its purpose: --purpose "usability study 4"'),
        (["a.emoar", "--purpose", "  "], 2, "a report names its purpose"),
        (["none.emoar", "--purpose", "x"], 2, "there is no file none.emoar"),
        (["empty.csv", "--purpose", "x"], 2, "empty.csv is empty"),
        (["m.csv", "--purpose", "x"], 2, "m.csv is no recording: give scenes"),
        (["a.emoar", "--purpose", "x", "--markers", "empty.csv"], 2, "must name the columns time_s and name"),
        (["a.emoar", "--purpose", "x", "--markers", "none.csv"], 2, "there is no file none.csv"),
        (["a.emoar", "--purpose", "x", "--baseline", "7-9"], 2, "--baseline 7-9 is outside a, which goes to 3.0 s"),
        (["a.emoar", "--purpose", "x", "--baseline", "tea"], 2, "or a segment (rest, film), got 'tea'"),
        (["a.emoar", "--purpose", "x", "--name", "Ada"], 2, "--name must look like 1=Ada, got 'Ada'"),
        (["a.emoar", "--purpose", "x", "--name", "9=Ada"], 2, "a has no face 9"),
        (["a.emoar", "b.emoar", "--purpose", "x", "--name", "1=Ada"], 2, "--name needs one recording"),
        (
            ["a.emoar", "--purpose", "x", "--markers", "m.csv", "--markers", "m.csv"],
            2,
            "once for each of the 1 recordings, got 2",
        ),
        (["a.emoar", "--purpose", "x", "-o", "a.emoar"], 2, "a.emoar would overwrite a recording"),
        (["a.emoar", "--purpose", "x", "-o", "m.csv/r.html"], 4, "cannot write m.csv/r.html"),
    ],
)
def test_one_line_and_nothing_lost(arguments: list[str], code: int, words: str, folder: Path, emoar: Callable) -> None:
    before = (folder / "a.emoar").read_bytes()
    output = [] if "-o" in arguments else ["-o", "r.html"]
    result = emoar("report", *arguments, *output)
    assert result.code == code, result.err
    check_line(result.err)
    assert words in result.err
    assert not (folder / "r.html").exists()
    assert (folder / "a.emoar").read_bytes() == before


def test_a_missing_library_is_named_before_the_work(
    folder: Path, emoar: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    result = emoar("report", "a.emoar", "--purpose", "x", "-o", "r.html")
    assert result.code == 7
    check_line(result.err)
    assert result.err.strip().endswith("pip install 'emoar[report]'")


def test_the_purpose_is_asked_for_on_a_terminal(folder: Path) -> None:
    keyboard, program = pty.openpty()
    os.write(keyboard, b"a study of tea\n")
    command = [sys.executable, "-m", "emoar", "report", "a.emoar", "-o", "r.html"]
    done = subprocess.run(command, stdin=program, capture_output=True, text=True, check=False, cwd=folder)
    os.close(keyboard)
    os.close(program)
    assert done.returncode == 0, done.stderr
    assert "What is this report for?" in done.stderr
    assert "<b>Purpose:</b> a study of tea" in (folder / "r.html").read_text()


def test_no_faces(folder: Path, emoar: Callable) -> None:
    session(folder / "none.emoar", 0)
    result = emoar("report", "none.emoar", "--purpose", "x", "-o", "r.html")
    assert (result.code, result.out) == (0, "r.html: 0 faces\n")
    assert "No face could be classified" in (folder / "r.html").read_text()
