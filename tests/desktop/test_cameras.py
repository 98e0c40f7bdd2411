"""The list of cameras, with devices as FFmpeg reports them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from emoar.desktop.cameras import Camera, formats_in, list_cameras

LISTED = """\
Raw       :     yuyv422 :           YUYV 4:2:2 : 640x480 320x240
Compressed:       mjpeg :          Motion-JPEG : 1280x720 1920x1080
Raw       :     yuv420p :     Planar YUV 4:2:0 : {48-1920, 2}x{32-1080, 2}
/dev/video0: Immediate exit requested
"""


def device(name: str, description: str, *media: str) -> SimpleNamespace:
    return SimpleNamespace(name=name, description=description, media_types=list(media))


def test_names_and_formats_on_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    asked: list[str] = []

    def found(kind: str) -> list[SimpleNamespace]:
        asked.append(kind)
        return [device("/dev/video0", "Integrated Camera", "video"), device("/dev/video9", "EmoAR")]

    cameras = list_cameras(found, {"/dev/video0": LISTED, "/dev/video9": ""}.__getitem__)
    assert asked == ["v4l2"]
    assert cameras == [
        Camera(
            "/dev/video0",
            "Integrated Camera",
            ("yuyv422 640x480 320x240", "mjpeg 1280x720 1920x1080", "yuv420p {48-1920, 2}x{32-1080, 2}"),
        ),
        Camera("/dev/video9", "EmoAR"),
    ]


@pytest.mark.parametrize(("system", "kind"), [("darwin", "avfoundation"), ("win32", "dshow")])
def test_elsewhere_cameras_have_indices(monkeypatch: pytest.MonkeyPatch, system: str, kind: str) -> None:
    monkeypatch.setattr("sys.platform", system)
    devices = [device("0", "FaceTime HD", "video"), device("0", "Microphone", "audio"), device("1", "Capture", "video")]
    cameras = list_cameras(lambda asked: devices if asked == kind else [])
    assert cameras == [Camera("0", "FaceTime HD"), Camera("1", "Capture")]


def test_lines_that_are_no_formats() -> None:
    assert formats_in("[video4linux2,v4l2] ioctl(VIDIOC_QUERYCAP): Inappropriate ioctl\n") == ()


def test_this_machine() -> None:
    assert all(camera.device.startswith("/dev/") or camera.device.isdecimal() for camera in list_cameras())
