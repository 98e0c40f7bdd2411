"""The writer of the virtual camera, into a file with the same raw pictures; a device needs a module of the kernel."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from makers import make_scene

from emoar.desktop import virtual_camera
from emoar.desktop.virtual_camera import VirtualCamera, open_device
from emoar.errors import OutputError


def raw_file(path: Path) -> Any:
    return av.open(str(path), "w", format="rawvideo")


def flat(red: int, width: int = 64, height: int = 48) -> np.ndarray:
    return np.full((height, width, 3), (red, 90, 30), np.uint8)


def pictures(path: Path, width: int, height: int) -> list[np.ndarray]:
    """The pictures in a file of yuv420p, as RGB."""
    planes = np.frombuffer(path.read_bytes(), np.uint8).reshape(-1, height * 3 // 2, width)
    return [av.VideoFrame.from_ndarray(plane, format="yuv420p").to_ndarray(format="rgb24") for plane in planes]


def test_every_picture_arrives_with_its_colours(tmp_path: Path) -> None:
    camera = VirtualCamera(tmp_path / "video9", opener=raw_file)
    scene = make_scene()
    for number, red in enumerate((20, 120, 220)):
        camera.write(replace(scene, frame=replace(scene.frame, time_s=number / 30)), flat(red))
    assert camera.close() == f"{tmp_path / 'video9'} (3 frames)"
    seen = pictures(tmp_path / "video9", 64, 48)
    assert len(seen) == 3
    for red, picture in zip((20, 120, 220), seen, strict=True):
        assert np.abs(picture.astype(int) - flat(red)).max() <= 4


def test_odd_sizes_become_even_and_other_sizes_are_scaled_to_fit(tmp_path: Path) -> None:
    camera = VirtualCamera(tmp_path / "video9", opener=raw_file)
    camera.write(make_scene(), flat(200, 63, 47))
    camera.write(make_scene(time_s=0.1), flat(100, 32, 24))
    camera.close()
    first, second = pictures(tmp_path / "video9", 64, 48)
    assert np.abs(first.astype(int) - flat(200)).max() <= 4
    assert np.abs(second.astype(int) - flat(100)).max() <= 4


def test_without_a_drawing_the_frame_is_shown(tmp_path: Path) -> None:
    camera = VirtualCamera(tmp_path / "video9", opener=raw_file)
    scene = make_scene(width=64, height=48)
    camera.write(scene, None)
    camera.close()
    (seen,) = pictures(tmp_path / "video9", 64, 48)
    assert np.abs(seen.astype(int) - scene.frame.image).max() <= 4


def test_closing_twice_and_without_pictures(tmp_path: Path) -> None:
    camera = VirtualCamera(tmp_path / "video9", opener=raw_file)
    assert camera.close() is None
    assert camera.close() is None


def test_absent_devices_come_with_the_commands_that_make_them() -> None:
    with pytest.raises(OutputError, match=r"no /dev/video97.*v4l2loopback-dkms.*modprobe v4l2loopback video_nr=97"):
        open_device(Path("/dev/video97"))


def test_files_are_no_devices(tmp_path: Path) -> None:
    (tmp_path / "out.mp4").touch()
    with pytest.raises(OutputError, match=r"out\.mp4 is no device"):
        open_device(tmp_path / "out.mp4")


def test_devices_that_take_no_pictures() -> None:
    camera = VirtualCamera("/dev/null")
    with pytest.raises(OutputError, match="/dev/null takes no pictures: Inappropriate ioctl"):
        camera.write(make_scene(), None)
    assert camera.close() is None


def test_other_systems_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(virtual_camera.sys, "platform", "darwin")
    with pytest.raises(OutputError, match="OBS capture the window"):
        open_device(Path("/dev/video9"))
