"""The window and the virtual camera of `emoar camera` and `emoar video`, as a person uses them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from display import Display, running_display
from makers import make_video, read_video
from server_process import PATIENCE_S, eventually

from emoar.desktop import virtual_camera

from .inputs import check_line


@pytest.fixture(scope="module")
def display() -> Iterator[Display]:
    with running_display() as display:
        yield display


def coloured(index: int, width: int, height: int) -> np.ndarray:
    return np.full((height, width, 3), (180, 60, 30), np.uint8)


def test_a_video_in_a_window(
    tmp_path: Path, display: Display, emoar: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person sees the picture, presses keys, and quits in the middle; the video that was asked for is kept."""
    times = [number / 2 for number in range(600)]  # five minutes
    clip = make_video(tmp_path / "clip.mp4", times_s=times, size=(640, 480), picture=coloured)
    monkeypatch.setenv("DISPLAY", display.name)
    monkeypatch.chdir(tmp_path)
    seen: list[tuple[int, ...]] = []

    def person() -> None:
        eventually(lambda: display.has_window("clip.mp4"))
        eventually(lambda: (np.abs(display.screenshot().astype(int) - (180, 60, 30)) < 12).all(axis=2).sum() > 200_000)
        seen.append(display.screenshot().shape)
        display.press("m", "s", "q")

    thread = threading.Thread(target=person)
    thread.start()
    result = emoar("video", clip, "--show", "-o", "out.mp4", "--markers", "m.csv", "--overlays", "box")
    thread.join()
    assert seen
    assert result.code == 0
    assert result.out.startswith("out.mp4 (")
    assert "emoar: marker 1 at" in result.err
    assert "emoar: saved emoar-" in result.err
    assert "emoar: m.csv (1 marker)" in result.err
    times, _ = read_video(tmp_path / "out.mp4")
    assert 0 < len(times) < 600
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".csv", ".mp4", ".mp4", ".png"]


def test_a_camera_in_a_window_and_nothing_else(
    tmp_path: Path, display: Display, emoar: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    from emoar.media import camera

    class Still:
        def read(self) -> tuple[bool, object]:
            time.sleep(0.01)
            return True, np.full((480, 640, 3), (30, 60, 180), np.uint8)

        def get(self, _: int) -> float:
            return 30.0

        def release(self) -> None: ...

    monkeypatch.setattr(camera, "_open_device", lambda device, options: Still())
    monkeypatch.setenv("DISPLAY", display.name)
    monkeypatch.chdir(tmp_path)

    def person() -> None:
        eventually(lambda: display.has_window("camera 3"))
        display.press("Escape")

    thread = threading.Thread(target=person)
    thread.start()
    result = emoar("camera", "3", "--show", "--overlays", "none", "--seconds", 2 * PATIENCE_S)
    thread.join()
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("shown: 1 face, ")
    assert list(tmp_path.iterdir()) == []


def test_no_display(tmp_path: Path) -> None:
    """One line that names the browser instead, and no output is begun."""
    clip = make_video(tmp_path / "clip.mp4", count=3)
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    command = [sys.executable, "-m", "emoar", "video", str(clip), "--show", "-o", str(tmp_path / "out.mp4")]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE_S)
    assert result.returncode == 4
    check_line(result.stderr)
    assert "no display" in result.stderr
    assert "make serve" in result.stderr
    assert list(tmp_path.iterdir()) == [clip]


def test_a_virtual_camera_gets_the_pictures_at_the_speed_of_the_video(
    tmp_path: Path, emoar: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    import av

    def raw(path: Path) -> Any:
        return av.open(str(path), "w", format="rawvideo")

    monkeypatch.setattr(virtual_camera, "open_device", raw)
    clip = make_video(tmp_path / "clip.mp4", count=15)
    began = time.monotonic()
    result = emoar("video", clip, "--virtual-camera", tmp_path / "video9", "--overlays", "none")
    assert time.monotonic() - began > 14 / 30
    assert result.code == 0
    assert result.out.startswith(f"{tmp_path / 'video9'} (15 frames)")
    assert (tmp_path / "video9").stat().st_size == 15 * 64 * 48 * 3 // 2


def test_no_virtual_camera(tmp_path: Path, emoar: Callable) -> None:
    clip = make_video(tmp_path / "clip.mp4", count=3)
    result = emoar("video", clip, "--virtual-camera", "/dev/video97", "-o", tmp_path / "out.mp4")
    assert result.code == 4
    check_line(result.err)
    assert "modprobe v4l2loopback" in result.err
    assert list(tmp_path.iterdir()) == [clip]


def test_markers_need_a_window(tmp_path: Path, emoar: Callable) -> None:
    clip = make_video(tmp_path / "clip.mp4", count=3)
    result = emoar("video", clip, "--scenes", "-", "--markers", tmp_path / "m.csv")
    assert result.code == 2
    check_line(result.err)
    assert "--show" in result.err


def test_the_list_of_cameras(emoar: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    from emoar.desktop import cameras

    found = [cameras.Camera("/dev/video0", "Integrated Camera", ("mjpeg 1280x720", "yuyv422 640x480"))]
    monkeypatch.setattr(cameras, "list_cameras", lambda: found)
    result = emoar("camera", "list")
    assert (result.code, result.err) == (0, "")
    assert result.out == "/dev/video0  Integrated Camera  mjpeg 1280x720; yuyv422 640x480\n"
    monkeypatch.setattr(cameras, "list_cameras", list)
    result = emoar("camera", "list")
    assert (result.code, result.out) == (0, "")
    check_line(result.err)
