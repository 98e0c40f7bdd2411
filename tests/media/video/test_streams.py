"""Which streams are read, and what is known of them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest
from av.stream import Disposition
from makers import make_sound, make_video
from odd_videos import recorded, silent_codec

from emoar.errors import MediaError
from emoar.media.video import VideoSource
from emoar.media.video.streams import (
    best_audio,
    best_video,
    frame_duration_s,
    frame_rate,
    length_s,
    pixel_aspect,
    track_length_s,
)


def stream(**facts: Any) -> Any:
    """A video stream with these facts, and none else."""
    empty = dict.fromkeys(("average_rate", "guessed_rate", "base_rate", "sample_aspect_ratio", "duration", "time_base"))
    codec = SimpleNamespace(sample_aspect_ratio=facts.pop("codec_aspect", None))
    return SimpleNamespace(**{**empty, "metadata": {}, "codec_context": codec, **facts})


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        ((None, None, None), None),
        ((Fraction(0), None, None), None),
        ((Fraction(-25), Fraction(25), None), 25),
        ((Fraction(1_000_000), None, Fraction(50)), 50),
        ((Fraction(90_000), Fraction(90_000), Fraction(90_000)), None),
        ((Fraction(30_000, 1001), Fraction(60), None), 30_000 / 1001),
        ((Fraction(1, 1_000_000), None, None), None),
    ],
)
def test_a_frame_rate_that_can_be(rates: tuple[Any, Any, Any], expected: float | None) -> None:
    average, guessed, base = rates
    assert frame_rate(stream(average_rate=average, guessed_rate=guessed, base_rate=base)) == expected


@pytest.mark.parametrize(
    ("container", "codec", "expected"),
    [
        (None, None, 1.0),
        (Fraction(2), None, 2.0),
        (None, Fraction(4, 3), 4 / 3),
        (Fraction(2), Fraction(4, 3), 2.0),
        (Fraction(0), Fraction(4, 3), 4 / 3),
        (Fraction(1000), None, 1.0),
        (Fraction(1, 1000), Fraction(1), 1.0),
    ],
)
def test_the_pixel_aspect_of_the_container_comes_first(container: Any, codec: Any, expected: float) -> None:
    assert pixel_aspect(stream(sample_aspect_ratio=container, codec_aspect=codec)) == pytest.approx(expected)


def file(name: str, *, tracks: int = 2, duration_s: float | None = 4.0) -> Any:
    ticks = None if duration_s is None else round(duration_s * av.time_base)
    return SimpleNamespace(format=SimpleNamespace(name=name), duration=ticks, streams=[None] * tracks)


@pytest.mark.parametrize(
    ("container", "facts", "exact", "shown"),
    [
        (file("mov,mp4,m4a,3gp,3g2,mj2"), {"duration": 240, "time_base": Fraction(1, 100)}, 2.4, 2.4),
        (file("mov,mp4,m4a,3gp,3g2,mj2"), {"duration": -240, "time_base": Fraction(1, 100)}, None, 4.0),
        (file("matroska,webm"), {"metadata": {"DURATION": "00:00:02.400000000"}}, 2.4, 2.4),
        (file("matroska,webm"), {"metadata": {"DURATION-eng": "01:00:02.5"}}, 3602.5, 3602.5),
        (file("matroska,webm"), {"metadata": {"DURATION": "soon"}}, None, 4.0),
        (file("matroska,webm"), {}, None, 4.0),  # the longest track's
        (file("matroska,webm", tracks=1), {}, 4.0, 4.0),
        (file("flv"), {"duration": 400, "time_base": Fraction(1, 100)}, None, 4.0),
        (file("h264", tracks=1, duration_s=None), {}, None, None),
        (file("mpegts", duration_s=-1.0), {}, None, None),
    ],
)
def test_lengths(container: Any, facts: dict[str, Any], exact: float | None, shown: float | None) -> None:
    assert track_length_s(container, stream(**facts)) == pytest.approx(exact)
    assert length_s(container, stream(**facts)) == pytest.approx(shown)


def test_frame_durations() -> None:
    base = Fraction(1, 100)
    assert frame_duration_s(SimpleNamespace(duration=4, time_base=base)) == pytest.approx(0.04)
    for nothing in (0, None, -4):
        assert frame_duration_s(SimpleNamespace(duration=nothing, time_base=base)) == 0
    assert frame_duration_s(SimpleNamespace(duration=4, time_base=None)) == 0


def test_the_largest_moving_picture_is_chosen(tmp_path: Path) -> None:
    """A cover comes first, then a preview, then the video."""
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as out:
        sizes = ((16, 16), (32, 24), (64, 48))
        tracks: list[Any] = []
        for index, (width, height) in enumerate(sizes):
            track: Any = out.add_stream("mjpeg" if index == 0 else "libx264", rate=25)
            track.width, track.height = width, height
            track.pix_fmt = "yuvj420p" if index == 0 else "yuv420p"
            track.disposition = (Disposition.attached_pic, Disposition(0), Disposition.default)[index]
            tracks.append(track)
        for number in range(10):
            for track, (width, height) in zip(tracks, sizes, strict=True):
                if number and track is tracks[0]:
                    continue
                frame = av.VideoFrame.from_ndarray(np.zeros((height, width, 3), np.uint8), format="rgb24")
                frame = frame.reformat(format=track.pix_fmt)
                frame.pts, frame.time_base = number, Fraction(1, 25)
                out.mux(track.encode(frame))
        for track in tracks:
            out.mux(track.encode(None))
    with av.open(str(path)) as container:
        assert best_video(container, "a").width == 64
    with VideoSource(path) as source:
        assert [frame.image.shape for frame in source] == [(48, 64, 3)] * 10


def test_files_without_pictures_or_sound(tmp_path: Path) -> None:
    with av.open(str(make_sound(tmp_path / "a.m4a"))) as container:
        with pytest.raises(MediaError, match="a has no video stream"):
            best_video(container, "a")
        assert best_audio(container) is not None
    with av.open(str(make_video(tmp_path / "b.mp4"))) as container:
        assert best_audio(container) is None
    with av.open(str(silent_codec(tmp_path / "c.mp4"))) as container:
        assert best_audio(container) is None


def test_of_two_sounds_the_one_that_can_be_decoded(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as out:
        tracks: list[Any] = [out.add_stream("aac", rate=48_000) for _ in range(2)]
        for track in tracks:
            for begin in range(0, 20_480, 1024):
                tone = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.int16), format="s16", layout="mono")
                tone.sample_rate, tone.pts, tone.time_base = 48_000, begin, Fraction(1, 48_000)
                out.mux(track.encode(tone))
            out.mux(track.encode(None))
    data = bytearray(path.read_bytes())
    entry = data.find(b"mp4a", data.find(b"stsd"))
    box = data.find(b"esds", entry)
    data[entry : entry + 4], data[box : box + 4] = b"apac", b"dapa"
    path.write_bytes(data)
    with av.open(str(path)) as container:
        chosen = best_audio(container)
        assert chosen is not None
        assert chosen.index == 1


def test_a_track_without_pictures(tmp_path: Path) -> None:
    path = recorded(tmp_path / "a.mkv", count=0, sound_s=1.0)
    with pytest.raises(MediaError, match=r"no picture that can be decoded|not a video"):
        list(VideoSource(path))
