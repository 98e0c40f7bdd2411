"""The loop of `emoar video` and `emoar camera`: timings, interruption, full disks."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from makers import make_video, read_sound, read_video

from .inputs import check_line, encoded, noise, noisy

FAKE = Path(__file__).parent / "fake_emoar.py"


def test_verbose_times_the_stages(tmp_path: Path, emoar: Callable) -> None:
    result = emoar("video", "-v", make_video(tmp_path / "in.mp4"), "--scenes", tmp_path / "a.jsonl")
    assert "ms per frame: detect 1.00, total 2.00" in result.err


def test_output_folder_is_a_file(tmp_path: Path, emoar: Callable) -> None:
    (tmp_path / "file").write_text("mine")
    picture, video = tmp_path / "a.png", make_video(tmp_path / "a.mp4")
    picture.write_bytes(encoded(noise(), "PNG"))
    for arguments in (
        ("image", picture, "-o", tmp_path / "file"),
        ("video", video, "-o", tmp_path / "file" / "out.mp4"),
        ("video", video, "--scenes", tmp_path / "file" / "out.jsonl"),
        ("video", video, "-o", "/proc/nowhere/out.mp4"),
        ("video", video, "-o", tmp_path),
    ):
        result = emoar(*arguments)
        assert result.code == 4
        check_line(result.err)
        assert "cannot write" in result.err
    assert (tmp_path / "file").read_text() == "mine"


def test_full_disk_under_the_scenes(tmp_path: Path, emoar: Callable) -> None:
    result = emoar("video", make_video(tmp_path / "a.mp4"), "-o", tmp_path / "out.mp4", "--scenes", "/dev/full")
    assert result.code == 4
    check_line(result.err)
    assert "/dev/full: the disk is full" in result.err
    assert f"kept {tmp_path / 'out.mp4'}" in result.err
    assert read_video(tmp_path / "out.mp4")[0]


def test_full_disk_under_the_video(tmp_path: Path) -> None:
    """A limit on the size of files stands in for the disk: the system refuses to write in the same place."""
    path = make_video(tmp_path / "in.mp4", count=60, size=(160, 120), picture=noisy)
    code = (
        "import resource, signal, runpy, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)); sys.argv = sys.argv[1:]; "
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    command = [sys.executable, "-c", code, FAKE, "0", "video", path, "-o", tmp_path / "out.mp4"]
    done = subprocess.run([*map(str, command)], capture_output=True, text=True)
    assert done.returncode == 4
    check_line(done.stderr)
    assert "out.mp4" in done.stderr
    assert "nothing was kept" in done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.mp4"]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_keeps_what_was_done(how: signal.Signals, tmp_path: Path) -> None:
    path = make_video(tmp_path / "in.mp4", count=300, sound="aac")
    out, scenes = tmp_path / "out.mp4", tmp_path / "out.jsonl"
    command = [sys.executable, FAKE, "0.05", "video", path, "-o", out, "--scenes", scenes]
    process = subprocess.Popen([*map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while (not scenes.exists() or scenes.stat().st_size < 2000) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(how)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    check_line(err)
    times, _ = read_video(out)
    lines = scenes.read_text().splitlines()
    assert 1 < len(times) < 300
    assert err == f"emoar: stopped; kept {out} ({len(times)} frames), {scenes} ({len(lines)} scenes)\n"
    assert json.loads(lines[-1])["frame_index"] == len(lines) - 1
    assert read_sound(out)[1] == pytest.approx(len(times) / 30, abs=0.15)
    assert not list(tmp_path.glob("*.part"))


def test_a_closed_pipe_is_quiet(tmp_path: Path) -> None:
    path = make_video(tmp_path / "in.mp4", count=300)
    command = [sys.executable, FAKE, "0", "video", path, "--scenes", "-"]
    process = subprocess.Popen([*map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    json.loads(process.stdout.readline())
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(60) == 141
