"""Videos in: true times, upright, and as much as is readable."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from makers import make_sound, make_video

from emoar.errors import MediaError
from emoar.media.video import VideoSource


def patched(path: Path, matrix: tuple[int, ...]) -> Path:
    """Sets the display matrix in the track header of an MP4, as phones do."""
    data = bytearray(path.read_bytes())
    at = data.find(b"tkhd") + 4 + 40
    assert struct.unpack_from(">9i", data, at) == (65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30)
    struct.pack_into(">9i", data, at, *matrix)
    path.write_bytes(data)
    return path


def test_frames_come_with_their_times(tmp_path: Path) -> None:
    with VideoSource(make_video(tmp_path / "a.mp4", count=10, sound="aac")) as source:
        assert source.frame_rate == pytest.approx(30)
        assert (source.frame_count, source.has_audio, source.live) == (10, True, False)
        assert source.duration_s == pytest.approx(1 / 3, abs=0.01)
        frames = list(source)
    assert [frame.index for frame in frames] == list(range(10))
    np.testing.assert_allclose([frame.time_s for frame in frames], np.arange(10) / 30, atol=1e-4)
    assert source.problem is None
    for frame in frames:  # the colour tells which it is
        assert abs(int(frame.image[20, 20, 0]) - (20 + 2 * frame.index)) <= 2
    assert frames[0].image.shape == (48, 64, 3)


def test_variable_frame_rate(tmp_path: Path) -> None:
    times = [0.0, 0.02, 0.5, 0.51, 1.7]
    with VideoSource(make_video(tmp_path / "a.mp4", times_s=times)) as source:
        np.testing.assert_allclose([frame.time_s for frame in source], times, atol=1e-4)
    assert source.problem is None


@pytest.mark.parametrize(
    ("matrix", "quarter_turns"),
    [
        ((0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30), 3),  # turned clockwise to be seen upright
        ((-65536, 0, 0, 0, -65536, 0, 0, 0, 1 << 30), 2),
        ((0, -65536, 0, 65536, 0, 0, 0, 0, 1 << 30), 1),
    ],
)
def test_rotation_is_undone(tmp_path: Path, matrix: tuple[int, ...], quarter_turns: int) -> None:
    def corner(index: int, width: int, height: int) -> np.ndarray:
        image = np.zeros((height, width, 3), np.uint8)
        image[: height // 2, : width // 2] = 250
        return image

    path = patched(make_video(tmp_path / "a.mp4", count=2, picture=corner), matrix)
    (first, _) = list(VideoSource(path))
    expected = np.rot90(corner(0, 64, 48), quarter_turns)
    assert first.image.shape == expected.shape
    assert np.abs(first.image.astype(int) - expected.astype(int)).mean() < 4


def test_pixels_that_are_not_square_are_stretched(tmp_path: Path) -> None:
    path = tmp_path / "wide.mkv"
    with av.open(str(path), "w") as out:
        stream: Any = out.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 48, 48, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(4, 3)
        out.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((48, 48, 3), np.uint8), format="rgb24")))
        out.mux(stream.encode(None))
    (frame,) = list(VideoSource(path))
    assert frame.image.shape == (48, 64, 3)


@pytest.mark.parametrize(("matrix", "weights"), [(1, (0.2126, 0.0722)), (5, (0.299, 0.114))])
@pytest.mark.parametrize("is_full", [False, True])
def test_colours_follow_the_tags(tmp_path: Path, matrix: int, weights: tuple[float, float], is_full: bool) -> None:
    colour = np.array([200, 60, 40]) / 255
    red, blue = weights
    luma = red * colour[0] + (1 - red - blue) * colour[1] + blue * colour[2]
    chroma = (colour[2] - luma) / (2 - 2 * blue), (colour[0] - luma) / (2 - 2 * red)
    y, u, v = (
        (255 * luma, *(128 + 255 * c for c in chroma))
        if is_full
        else (16 + 219 * luma, *(128 + 224 * c for c in chroma))
    )
    planes = np.concatenate([np.full(64 * 48, y), np.full(32 * 24, u), np.full(32 * 24, v)])
    path = tmp_path / "tagged.mp4"
    with av.open(str(path), "w") as out:
        stream: Any = out.add_stream("libx264", rate=30, options={"qp": "1"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.colorspace, stream.codec_context.color_range = matrix, 2 if is_full else 1
        frame = av.VideoFrame.from_ndarray(planes.round().astype(np.uint8).reshape(72, 64), format="yuv420p")
        frame.colorspace, frame.color_range = matrix, 2 if is_full else 1
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    (read,) = list(VideoSource(path))
    np.testing.assert_allclose(read.image[24, 32], (200, 60, 40), atol=3)


def test_a_late_start_counts_as_zero(tmp_path: Path) -> None:
    path = make_video(tmp_path / "late.ts", times_s=[5.0, 5.1, 5.2])
    with av.open(str(path)) as container:
        assert container.start_time == 5_000_000
    np.testing.assert_allclose([frame.time_s for frame in VideoSource(path)], [0, 0.1, 0.2], atol=2e-3)


def noisy(index: int, width: int, height: int) -> np.ndarray:
    return np.random.default_rng(index).integers(0, 256, (height, width, 3), np.uint8)


@pytest.mark.parametrize("suffix", [".mkv", ".mp4"])
def test_of_a_truncated_file_the_beginning_is_read(tmp_path: Path, suffix: str) -> None:
    whole = make_video(tmp_path / f"whole{suffix}", count=90, picture=noisy, faststart=suffix == ".mp4")
    data = whole.read_bytes()
    path = tmp_path / f"cut{suffix}"
    path.write_bytes(data[: int(len(data) * 0.6)])
    with VideoSource(path) as source:
        frames = list(source)
    assert 35 < len(frames) < 70
    assert source.problem is not None
    if suffix == ".mp4":
        assert source.problem.startswith("stopped at ")
        assert "of 3.0 s" in source.problem


def test_a_damaged_middle_is_passed_over(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", count=90, picture=noisy, faststart=True)
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 9000] = bytes(9000)
    path.write_bytes(data)
    with VideoSource(path) as source:
        times = [frame.time_s for frame in source]
    assert 60 < len(times) < 90  # all but those up to the next key frame
    assert times == sorted(times)
    assert times[-1] == pytest.approx(89 / 30, abs=1e-3)
    assert source.problem == "was read to 3.0 s: some pictures are damaged"


@pytest.mark.parametrize(
    ("content", "message"), [(b"", "empty"), (b"no video at all" * 100, "not a video"), (None, "cannot read")]
)
def test_what_is_no_video(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "a.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(MediaError, match=message):
        VideoSource(path)


def test_an_index_that_is_missing(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", picture=noisy)  # its index is at the end
    path.write_bytes(path.read_bytes()[:-3000])
    with pytest.raises(MediaError, match="cut short"):
        VideoSource(path)


def test_sound_alone(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no video stream"):
        VideoSource(make_sound(tmp_path / "song.m4a"))


def test_closing_early_ends_it(tmp_path: Path) -> None:
    source = VideoSource(make_video(tmp_path / "a.mp4"))
    next(source)
    source.close()
    source.close()
    assert list(source) == []


def test_closing_before_the_first_frame(tmp_path: Path) -> None:
    source = VideoSource(make_video(tmp_path / "a.mp4"))
    source.close()
    assert list(source) == []


@pytest.mark.parametrize(
    "playlist",
    [
        "ffconcat version 1.0\nfile whole.mp4\n",
        "#EXTM3U\n#EXTINF:1,\nwhole.mp4\n#EXT-X-ENDLIST\n",
        "ID3\x04   AVI \nffconcat version 1.0\nfile whole.mp4\n",
    ],
)
def test_a_playlist_opens_no_other_file(tmp_path: Path, playlist: str) -> None:
    make_video(tmp_path / "whole.mp4")
    (tmp_path / "list.mp4").write_text(playlist)
    with pytest.raises(MediaError, match="not a video that can be read: give MP4, MOV, MKV"):
        VideoSource(tmp_path / "list.mp4")


def test_a_name_like_an_address_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    make_video(tmp_path / "a.mp4", count=3).rename(tmp_path / "concat:a.mp4")
    with VideoSource("concat:a.mp4") as source:
        assert len(list(source)) == 3
