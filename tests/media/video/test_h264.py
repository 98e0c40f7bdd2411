"""Files for pictures and sound are opened, whatever the container thinks of the sound."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import pytest
from makers import make_video

from emoar.errors import InputError
from emoar.media.video import h264
from emoar.media.video.audio import AudioTrack
from emoar.media.video.h264 import VideoOptions, open_h264
from emoar.media.video.sound import FileSound


@pytest.fixture
def sound(tmp_path: Path) -> Iterator[FileSound]:
    source = FileSound(make_video(tmp_path / "in.mp4", sound="aac"))
    yield source
    source.close()


def test_without_sound(tmp_path: Path) -> None:
    opened = open_h264(tmp_path / "a.mp4", "mp4", VideoOptions(), (63, 47), None)
    assert (opened.audio, opened.warning) == (None, None)
    assert (opened.stream.codec_context.width, opened.stream.codec_context.height) == (64, 48)
    opened.container.close()


@pytest.mark.parametrize(
    ("failures", "copied", "warning"),
    [
        (0, True, None),
        (1, False, None),
        (2, None, "its sound cannot be written into this kind of file, and is left out"),
    ],
)
def test_sound_is_copied_else_encoded_else_left_out(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    sound: FileSound,
    failures: int,
    copied: bool | None,
    warning: str | None,
) -> None:
    tries: list[bool] = []

    class Reluctant(AudioTrack):
        def __init__(self, sound: Any, output: Any, *, copy: bool = True) -> None:
            tries.append(copy)
            if len(tries) <= failures:
                raise av.error.InvalidDataError(1, "Invalid data")
            super().__init__(sound, output, copy=copy)

    monkeypatch.setattr(h264, "AudioTrack", Reluctant)
    opened = open_h264(tmp_path / "a.mp4", "mp4", VideoOptions(), (64, 48), sound)
    opened.container.close()
    assert tries == [True, False][: failures + 1]
    assert (opened.audio.copied if opened.audio else None) is copied
    assert opened.warning == warning


def test_a_full_disk_is_no_fault_of_the_sound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sound: FileSound
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(h264, "AudioTrack", full)
    with pytest.raises(OSError, match="No space"):
        open_h264(tmp_path / "a.mp4", "mp4", VideoOptions(), (64, 48), sound)


@pytest.mark.parametrize("rate", [0, -1, 1001, float("nan")])
def test_frame_rates_are_checked(rate: float) -> None:
    with pytest.raises(InputError, match="frame_rate"):
        VideoOptions(frame_rate=rate)
