"""`emoar archive` as the shell calls it: its messages and exit codes."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from makers import make_video
from pyarrow import parquet

import emoar.archive.run as run_module
from emoar.archive.listing import Video
from emoar.archive.run import EngineOptions
from emoar.cli import main

from .inputs import check_line


@pytest.fixture
def videos(tmp_path: Path) -> Path:
    """A folder with two videos without faces."""
    (tmp_path / "v").mkdir()
    make_video(tmp_path / "v" / "a.mp4", count=4)
    shutil.copy(tmp_path / "v" / "a.mp4", tmp_path / "v" / "b.mp4")
    return tmp_path / "v"


def run(capfd: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main(["archive", *map(str, arguments)])
    out, err = capfd.readouterr()
    return code, out, err


def test_videos_become_tables_once(videos: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    results = tmp_path / "r"
    code, out, err = run(capfd, videos, "-o", results, "--workers", 1)
    assert (code, err) == (0, "")
    assert out.startswith(f"{results}: 2 videos analysed, ")
    assert out.endswith(f"videos/hour; {results / 'summary.html'}\n")
    table = parquet.read_table(results / "scenes")
    assert (table.num_rows, set(table["source"].to_pylist())) == (8, {"a.mp4", "b.mp4"})
    code, out, err = run(capfd, videos, "-o", results)
    assert (code, out, err) == (
        0,
        f"{results}: 0 videos analysed, 2 were finished before; {results / 'summary.html'}\n",
        "",
    )
    assert run(capfd, "-q", videos, "-o", results) == (0, "", "")


def test_broken_videos_are_lines_and_an_exit_code(
    videos: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (videos / "c.mp4").write_text("Dear diary")
    (tmp_path / "list").write_text(f"{videos / 'a.mp4'}\n{videos / 'c.mp4'}\n{videos / 'gone.mp4'}\n")
    code, out, err = run(capfd, "--list", tmp_path / "list", "-o", tmp_path / "r", "--workers", 1)
    assert code == 3
    assert "1 video analysed" in out
    *lines, last = err.splitlines()
    assert len(lines) == 2
    assert last == f"emoar: 2 of 3 videos failed: {tmp_path / 'r' / 'summary.html'} lists the reasons"
    assert "c.mp4 is not a video" in lines[0] + lines[1]
    assert "gone.mp4: No such file" in lines[0] + lines[1]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["missing.mp4", "-o", "r"], 2, "missing.mp4 does not exist"),
        (["-o", "r"], 2, "no video is named"),
        (["empty", "-o", "r"], 2, "empty has no video in it"),
        (["v", "-o", "v"], 2, "holds other files"),
        (["v", "-o", "v/a.mp4"], 2, "is a file"),
        (["v", "-o", "r", "--fps", "0"], 2, "fps must be above 0"),
        (["v", "-o", "r", "--workers", "0"], 2, "--workers"),
        (["v", "-o", "r", "--address", "auto"], 2, "add --engine ray"),
        (["v", "-o", "r", "--list", "nowhere"], 2, "cannot read the list nowhere"),
        (["v", "-o", "r", "--model", "emoar-xxl"], 5, "model must be one of"),
        (["v", "-o", "r", "--label-set", "mine"], 2, "label"),
        (["v", "-o", "r", "--model-folder", "empty"], 5, "emoar models pull"),
    ],
)
def test_what_is_refused(
    arguments: list[str],
    code: int,
    words: str,
    videos: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    got, out, err = run(capfd, *arguments)
    assert (got, out) == (code, ""), err
    check_line(err)
    assert words in err
    assert not (tmp_path / "r").exists()
    assert sorted(path.name for path in videos.iterdir()) == ["a.mp4", "b.mp4"]


def test_changed_options(videos: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    results = tmp_path / "r"
    assert run(capfd, videos, "-o", results, "--workers", 1)[0] == 0
    code, _, err = run(capfd, videos, "-o", results, "--fps", 10)
    assert code == 2
    check_line(err)
    assert "was made with fps all, now 10: name another folder with -o, or --recompute to replace its 2 results" in err
    assert run(capfd, videos, "-o", results, "--fps", 10, "--recompute", "--workers", 1)[0] == 0
    assert parquet.read_table(results / "scenes").num_rows == 4


def test_without_its_libraries(
    videos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    code, _, err = run(capfd, videos, "-o", tmp_path / "r")
    assert (code, err) == (7, "emoar: an archive needs jinja2: pip install 'emoar[archive]'\n")


def test_the_options_reach_the_run(videos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []

    def note(found: tuple[Video, ...], output: Path, options: object, engine: EngineOptions, **more: object) -> None:
        seen.extend([len(found), output, options, engine])
        raise KeyboardInterrupt

    monkeypatch.setattr(run_module, "run_archive", note)
    chosen = ["--engine", "ray", "--address", "auto", "--workers", "3", "--fps", "5", "--max-faces", "2"]
    assert main(["archive", str(videos), "-o", str(tmp_path / "r"), *chosen]) == 130
    assert seen[:2] == [2, tmp_path / "r"]
    assert seen[3] == EngineOptions("ray", 3, "auto")
    assert (getattr(seen[2], "fps", None), getattr(seen[2], "max_faces", None)) == (5.0, 2)


def test_progress_on_a_terminal(
    videos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    (videos / "c.mp4").touch()
    code, _, err = run(capfd, videos, "-o", tmp_path / "r", "--workers", 1)
    assert code == 3
    assert "3/3" in err
    assert "videos/hour" in err
    assert "1 failed" in err
    assert "emoar: c.mp4 is empty (0 bytes)" in err
