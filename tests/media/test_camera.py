"""A camera that a test holds in its hands."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from makers import make_video
from numpy.typing import NDArray
from web_files import served

from emoar.errors import CameraError
from emoar.media.camera import CameraOptions, CameraSource


class FakeCamera:
    """Sends pictures whose blue tells which they are; `unplug` ends it, `pause` keeps it silent."""

    def __init__(self, period_s: float = 0.005, fps: float = 0.0, fails_at: tuple[int, ...] = ()) -> None:
        self.period_s = period_s
        self.fps = fps
        self.fails_at = fails_at
        self.count = 0
        self.released = threading.Event()
        self.unplugged = self.paused = False

    def read(self) -> tuple[bool, NDArray[np.uint8] | None]:
        time.sleep(self.period_s)
        while self.paused and not self.unplugged:
            time.sleep(0.01)
        self.count += 1
        if self.unplugged or self.count in self.fails_at:
            return False, None
        return True, np.full((4, 6, 3), (self.count % 256, 10, 200), np.uint8)  # BGR

    def get(self, _: int) -> float:
        return self.fps

    def release(self) -> None:
        self.released.set()


@pytest.fixture
def fake() -> Iterator[FakeCamera]:
    camera = FakeCamera()
    yield camera
    camera.unplugged = True
    camera.released.wait(2)


def open_fake(fake: FakeCamera, silence_s: float = 2.0) -> CameraSource:
    return CameraSource(3, CameraOptions(silence_s=silence_s), opener=lambda device, options: fake)


def test_pictures_come_as_rgb_with_rising_times(fake: FakeCamera) -> None:
    with open_fake(fake) as source:
        frames = [next(source) for _ in range(5)]
    assert source.live
    assert frames[0].image.shape == (4, 6, 3)
    assert frames[0].image[0, 0, 0] == 200  # red first
    assert frames[0].time_s == 0
    times = [frame.time_s for frame in frames]
    assert times == sorted(set(times))
    assert [frame.index for frame in frames] == [0, 1, 2, 3, 4]
    assert frames[0].source == "camera 3"


def test_pictures_carry_when_they_came(fake: FakeCamera) -> None:
    before_s = time.monotonic()
    with open_fake(fake) as source:
        frames = [next(source) for _ in range(3)]
    came_s = [frame.captured_at_s for frame in frames]
    assert all(s is not None and before_s < s < time.monotonic() for s in came_s)
    begins_s = [s - frame.time_s for s, frame in zip(came_s, frames, strict=True) if s is not None]
    assert begins_s == pytest.approx([begins_s[0]] * 3)


def test_the_newest_picture_wins(fake: FakeCamera) -> None:
    with open_fake(fake) as source:
        next(source)
        time.sleep(0.2)  # a slow pipeline
        behind = fake.count - int(next(source).image[0, 0, 2])
    assert fake.count > 10
    assert behind <= 2


def test_no_picture_comes_twice(fake: FakeCamera) -> None:
    fake.period_s = 0.02
    with open_fake(fake) as source:
        numbers = [int(next(source).image[0, 0, 2]) for _ in range(6)]
    assert len(set(numbers)) == 6


def test_single_failures_are_forgiven(fake: FakeCamera) -> None:
    fake.fails_at = (2, 3, 7)
    with open_fake(fake) as source:
        assert len([next(source) for _ in range(10)]) == 10


def test_unplugged(fake: FakeCamera) -> None:
    source = open_fake(fake)
    next(source)
    fake.unplugged = True
    with pytest.raises(CameraError, match="camera 3 stopped sending pictures: was it unplugged"):
        list(islice(source, 1000))
    assert fake.released.wait(2)


def test_silent(fake: FakeCamera) -> None:
    source = open_fake(fake, silence_s=0.1)
    next(source)
    fake.paused = True
    with pytest.raises(CameraError, match=r"sent no picture for 0\.1 s"):
        list(islice(source, 1000))


def test_closing_frees_the_device(fake: FakeCamera) -> None:
    before = threading.active_count()
    with open_fake(fake):
        assert threading.active_count() == before + 1
    assert fake.released.is_set()
    assert threading.active_count() == before


def test_closed_cameras_send_nothing(fake: FakeCamera) -> None:
    source = open_fake(fake)
    next(source)
    source.close()
    source.close()
    assert list(source) == []


@pytest.mark.parametrize(("reported", "rate"), [(25.0, 25.0), (0.0, 30.0), (1e6, 30.0), (float("nan"), 30.0)])
def test_frame_rate_is_believed_when_it_can_be(reported: float, rate: float) -> None:
    fake = FakeCamera(fps=reported)
    with open_fake(fake) as source:
        assert source.frame_rate == rate


@pytest.mark.parametrize("device", [97, "/dev/video-of-nobody"])
def test_absent(device: int | str, capfd: pytest.CaptureFixture) -> None:
    with pytest.raises(CameraError, match=f"camera {device} cannot be opened"):
        CameraSource(device)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("name", ["clip.mp4", "list.m3u8", "folder"])
def test_files_are_no_cameras(tmp_path: Path, name: str) -> None:
    if name == "folder":
        (tmp_path / name).mkdir()
    else:
        (tmp_path / name).write_text("#EXTM3U\nclip.mp4\n")
    with pytest.raises(CameraError, match="is no camera: use emoar video for a file"):
        CameraSource(str(tmp_path / name))


@pytest.mark.parametrize("device", ["concat:a|b", "subfile,,start,0,end,9,,:/etc/hostname", "lavfi:testsrc", ""])
def test_strings_that_ffmpeg_would_understand_are_no_cameras(device: str) -> None:
    with pytest.raises(CameraError, match=r"no camera|cannot be opened"):
        CameraSource(device)


def test_a_stream_of_the_web(tmp_path: Path) -> None:
    make_video(tmp_path / "a.mkv", count=20)
    with served(tmp_path) as url, CameraSource(f"{url}/a.mkv?key=secret", CameraOptions(silence_s=5)) as source:
        first = next(source)
        assert (first.time_s, first.image.shape) == (0, (48, 64, 3))
        assert first.source == f"{url}/a.mkv"
        with pytest.raises(CameraError, match=r"a\.mkv stopped sending pictures: does it still send"):
            list(source)


def test_a_stream_that_nobody_sends() -> None:
    with pytest.raises(CameraError, match="Connection refused") as caught:
        CameraSource("rtsp://user:secret@127.0.0.1:9/live")
    assert "secret" not in str(caught.value)
