"""Where the sound of a result comes from."""

from __future__ import annotations

from pathlib import Path

from makers import make_sound, make_video
from odd_videos import silent_codec

from emoar.media.sources import open_frames
from emoar.media.video import VideoSource
from emoar.media.video.sound import FileSound, SharedSound, keep_sound, open_sound


def test_of_a_file(tmp_path: Path) -> None:
    sound = open_sound(make_video(tmp_path / "a.mp4", sound="aac"))
    assert isinstance(sound, FileSound)
    packets = [packet for packet in sound.packets() if packet.dts is not None]
    sound.close()
    assert len(packets) > 40
    assert {packet.stream.index for packet in packets} == {sound.stream.index}


def test_of_a_source(tmp_path: Path) -> None:
    with VideoSource(make_video(tmp_path / "a.mkv", sound="aac")) as source:
        sound = open_sound(source)
        assert isinstance(sound, FileSound)
        sound.close()


def test_of_a_source_that_is_read_once(tmp_path: Path) -> None:
    with VideoSource(make_video(tmp_path / "a.mkv", sound="aac")) as source:
        source.keep_sound()
        sound = open_sound(source)
        assert isinstance(sound, SharedSound)
        packets = sound.packets()
        assert next(packets) is None  # nothing was read
        list(source)
        sound.end()
        kept = list(packets)
    assert len([packet for packet in kept if packet.dts is not None]) > 40


def test_none(tmp_path: Path) -> None:
    make_video(tmp_path / "silent.mp4")
    (tmp_path / "text.mp4").write_text("no video")
    assert open_sound(tmp_path / "silent.mp4") is None
    assert open_sound(tmp_path / "text.mp4") is None
    assert open_sound(tmp_path / "missing.mp4") is None
    assert open_sound(silent_codec(tmp_path / "a.mp4")) is None
    assert open_sound(None) is None
    assert open_sound(open_frames([])) is None
    with VideoSource(tmp_path / "silent.mp4") as source:
        assert open_sound(source) is None


def test_sound_alone(tmp_path: Path) -> None:
    sound = open_sound(make_sound(tmp_path / "a.m4a"))
    assert sound is not None
    sound.close()


def test_a_file_is_not_asked_to_keep_its_sound(tmp_path: Path) -> None:
    with VideoSource(make_video(tmp_path / "a.mkv", sound="aac")) as source:
        keep_sound(source)
        assert source.sound is None
    for nothing in (None, tmp_path / "a.mkv", open_frames([])):
        keep_sound(nothing)
