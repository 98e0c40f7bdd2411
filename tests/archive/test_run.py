"""A whole run, and everything that may end one: no finished video is lost, and no half file counts."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet
from server_process import PATIENCE_S, eventually

from emoar.archive.listing import find_videos
from emoar.archive.options import ArchiveOptions
from emoar.archive.part import DONE, read_part
from emoar.archive.run import EngineOptions, run_archive
from emoar.errors import InputError

KILLS = 20


def copies(video: Path, folder: Path, count: int) -> Path:
    """A folder with `count` videos."""
    folder.mkdir()
    for i in range(count):
        shutil.copy(video, folder / f"{i:03}.mp4")
    return folder


def command(videos: Path, results: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "emoar", "archive", str(videos), "-o", str(results), "--workers", "2", *more]


def start(videos: Path, results: Path, **options: Any) -> subprocess.Popen[str]:
    """The command as a group of processes of its own."""
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command(videos, results), start_new_session=True, **pipes, **options)


def finish(videos: Path, results: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(videos, results), capture_output=True, text=True, check=False)


def finished(results: Path) -> dict[str, int]:
    """The time of each part. Every file with a part's name is whole."""
    parts = sorted((results / "scenes").glob("*.parquet"))
    for part in parts:
        info = read_part(part)
        assert info is not None, part
        assert (info.state, parquet.read_table(part).num_rows) == (DONE, 12)
    return {part.name: part.stat().st_mtime_ns for part in parts}


def wait_for_files(process: subprocess.Popen[str], results: Path, enough: Callable[[int], bool]) -> None:
    """Until the number of files in the folder of parts is enough, or the process has ended."""
    folder = results / "scenes"
    eventually(lambda: process.poll() is not None or (folder.is_dir() and enough(len(os.listdir(folder)))))


def test_a_run_writes_parts_manifest_and_page(face_video: Path, tmp_path: Path) -> None:
    videos = copies(face_video, tmp_path / "v", 3)
    (videos / "empty.mp4").touch()
    seen: list[tuple[str, int]] = []
    outcome = run_archive(
        find_videos([str(videos)]),
        tmp_path / "r",
        engine=EngineOptions(workers=2),
        on_video=lambda info, pace: seen.append((info.source, pace.done)),
    )
    assert (outcome.pace.done, outcome.pace.failed, outcome.failed, outcome.interrupted) == (4, 1, 1, False)
    assert [done for _, done in seen] == [1, 2, 3, 4]
    rows = parquet.read_table(tmp_path / "r" / "manifest.parquet").to_pylist()
    assert [(row["source"], row["state"]) for row in rows] == [
        ("000.mp4", "done"), ("001.mp4", "done"), ("002.mp4", "done"), ("empty.mp4", "failed"),
    ]  # fmt: skip
    assert "empty.mp4 is empty (0 bytes)" in (tmp_path / "r" / "summary.html").read_text()
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "r" / "scenes").iterdir()}
    again = run_archive(find_videos([str(videos)]), tmp_path / "r", engine=EngineOptions(workers=1))
    assert (again.pace.done, again.finished_before) == (1, 3)  # the failed one is tried again
    after = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "r" / "scenes").iterdir()}
    assert sum(after[name] == before[name] for name in before) == 3


def test_changed_options_are_refused_or_replace_everything(face_video: Path, tmp_path: Path) -> None:
    videos = find_videos([str(copies(face_video, tmp_path / "v", 2))])
    run_archive(videos, tmp_path / "r", engine=EngineOptions(workers=1))
    before = finished(tmp_path / "r")
    with pytest.raises(InputError, match="fps all, now 10"):
        run_archive(videos, tmp_path / "r", ArchiveOptions(fps=10))
    assert finished(tmp_path / "r") == before
    run_archive(videos, tmp_path / "r", ArchiveOptions(fps=10), EngineOptions(workers=1), recompute=True)
    rows = parquet.read_table(tmp_path / "r" / "manifest.parquet").to_pylist()
    assert [row["frames"] for row in rows] == [4, 4]
    assert json.loads((tmp_path / "r" / "archive.json").read_text())["identity"]["options"]["fps"] == "10"
    assert run_archive(videos, tmp_path / "r", ArchiveOptions(fps=10)).pace.total == 0


@pytest.mark.parametrize(
    ("options", "words"), [({"workers": 0}, "workers must be at least 1"), ({"address": "auto"}, "add --engine ray")]
)
def test_engine_options(options: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        EngineOptions(**options)


def test_a_power_cut_at_any_moment_loses_no_finished_video(face_video: Path, tmp_path: Path) -> None:
    videos, results = copies(face_video, tmp_path / "v", 60), tmp_path / "r"
    chance = random.Random(16)
    done: dict[str, int] = {}
    for _ in range(KILLS):
        before = len(os.listdir(results / "scenes")) if results.exists() else 0
        process = start(videos, results)
        wait_for_files(process, results, lambda count, before=before: count != before)
        time.sleep(chance.random() * 0.15)  # any moment of the work will do
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        now = finished(results)
        assert done.items() <= now.items()  # all that was finished is there, untouched
        done = now
    last = finish(videos, results)
    assert last.returncode == 0, last.stderr
    now = finished(results)
    assert done.items() <= now.items()
    assert len(now) == len(os.listdir(results / "scenes")) == 60
    assert parquet.read_table(results / "manifest.parquet").num_rows == 60


def test_ctrl_c_keeps_what_is_finished_and_the_same_command_continues(face_video: Path, tmp_path: Path) -> None:
    videos, results = copies(face_video, tmp_path / "v", 40), tmp_path / "r"
    process = start(videos, results)
    wait_for_files(process, results, lambda count: count > 2)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, out) == (130, ""), err
    assert err.count("\n") == 1
    assert "the same command continues with the other" in err
    done = finished(results)
    assert 0 < len(done) < 40
    assert len(os.listdir(results / "scenes")) == len(done)
    assert parquet.read_table(results / "manifest.parquet").num_rows == len(done)
    last = finish(videos, results)
    assert last.returncode == 0, last.stderr
    assert f"{len(done)} were finished before" in last.stdout
    assert done.items() <= finished(results).items()


def test_workers_end_with_their_parent(face_video: Path, tmp_path: Path) -> None:
    videos, results = copies(face_video, tmp_path / "v", 40), tmp_path / "r"
    process = start(videos, results)
    wait_for_files(process, results, lambda count: count > 2)
    process.kill()
    process.communicate()

    def alone() -> bool:
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return True
        return False

    eventually(alone)


def test_a_killed_worker_costs_no_video(face_video: Path, tmp_path: Path) -> None:
    videos, results = copies(face_video, tmp_path / "v", 20), tmp_path / "r"
    process = start(videos, results)
    wait_for_files(process, results, lambda count: count > 2)
    os.kill(min(_workers(process.pid)), signal.SIGKILL)
    _, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, err) == (0, "")
    assert len(finished(results)) == 20


def test_a_full_disk_is_one_line_and_the_same_command_continues(face_video: Path, tmp_path: Path) -> None:
    videos, results = copies(face_video, tmp_path / "v", 2), tmp_path / "r"
    limits = (4096, 4096)  # bytes of a file: a part has more
    process = start(videos, results, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limits))
    out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, out, err.count("\n")) == (4, "", 1), err
    assert "cannot write" in err
    assert "the same command continues" in err
    assert os.listdir(results / "scenes") == []
    assert finish(videos, results).returncode == 0
    assert len(finished(results)) == 2


def _workers(parent: int) -> list[int]:
    """The processes that multiprocessing has started for the videos, of a running command."""
    found: list[int] = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            owner = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            if owner == parent and b"spawn_main" in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
        except OSError:  # it has ended meanwhile
            continue
    return found
