"""Videos in: true times, upright, and as much as is readable."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from threading import Thread
from typing import Any

import av
import numpy as np
import pytest
from makers import make_sound, make_video
from odd_videos import joined, recorded, shown_wider, silent_codec, with_pixel_aspect
from PIL import Image

from emoar.errors import MediaError
from emoar.media.video import VideoSource, open_video
from emoar.media.video_sink import VideoSink


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


# Orientation, size and colours


CORNERS = np.zeros((48, 64, 3), np.uint8)
CORNERS[:24, :32], CORNERS[:24, 32:], CORNERS[24:, :32] = 250, 150, 60  # the fourth is black

ORIENTATIONS = {  # a, b, c, d of the display matrix, and the picture as it is to be seen
    (1, 0, 0, 1): CORNERS,
    (-1, 0, 0, 1): CORNERS[:, ::-1],
    (-1, 0, 0, -1): CORNERS[::-1, ::-1],
    (1, 0, 0, -1): CORNERS[::-1],
    (0, 1, 1, 0): CORNERS.transpose(1, 0, 2),
    (0, 1, -1, 0): CORNERS.transpose(1, 0, 2)[:, ::-1],
    (0, -1, -1, 0): CORNERS.transpose(1, 0, 2)[::-1, ::-1],
    (0, -1, 1, 0): CORNERS.transpose(1, 0, 2)[::-1],
}


@pytest.mark.parametrize("matrix", ORIENTATIONS)
def test_all_eight_orientations(tmp_path: Path, matrix: tuple[int, int, int, int]) -> None:
    a, b, c, d = (65536 * value for value in matrix)
    path = patched(
        make_video(tmp_path / "a.mp4", count=2, picture=lambda *_: CORNERS), (a, b, 0, c, d, 0, 0, 0, 1 << 30)
    )
    frame = next(VideoSource(path))
    expected = ORIENTATIONS[matrix]
    assert frame.image.shape == expected.shape
    assert np.abs(frame.image.astype(int) - expected.astype(int)).mean() < 4


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".webm"])
def test_the_pixel_aspect_of_the_container_counts(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    if suffix == ".webm":
        shown_wider(path)
    else:
        with_pixel_aspect(recorded(tmp_path / "square.mp4", sizes=[(32, 48)]), path, Fraction(2))
    with av.open(str(path)) as container:
        assert container.streams.video[0].codec_context.sample_aspect_ratio is None
    assert next(VideoSource(path)).image.shape == (48, 64, 3)


def test_pixel_aspect_and_a_quarter_turn(tmp_path: Path) -> None:
    square = recorded(tmp_path / "square.mp4", sizes=[(32, 48)], picture=CORNERS[:, ::2])
    path = with_pixel_aspect(square, tmp_path / "a.mp4", Fraction(2))
    matrix = (0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30)
    data = bytearray(path.read_bytes())
    struct.pack_into(">9i", data, data.find(b"tkhd") + 44, *matrix)
    path.write_bytes(data)
    image = next(VideoSource(path)).image
    expected = np.rot90(CORNERS, 3)
    assert image.shape == expected.shape
    assert np.abs(image.astype(int) - expected.astype(int)).mean() < 12  # two columns became one


@pytest.mark.parametrize("second", [(320, 180), (128, 72), (96, 96), (64, 36), (36, 64)])
def test_all_pictures_have_the_first_size(tmp_path: Path, second: tuple[int, int]) -> None:
    path = recorded(tmp_path / "a.webm", codec="libvpx", sizes=[(128, 72), second], count=4)
    with VideoSource(path) as source:
        frames = list(source)
    assert [frame.image.shape for frame in frames] == [(72, 128, 3)] * 8
    assert source.problem is None
    for frame in frames[4:]:  # the same picture, scaled into the middle
        assert abs(int(frame.image[36, 64, 0]) - (60 + 8 * (frame.index - 4))) < 6


def pq(nits: np.ndarray) -> np.ndarray:
    power = (nits / 10_000) ** 0.1593017578125
    return ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375


def hlg(scene: np.ndarray) -> np.ndarray:
    logarithm = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), logarithm)


@pytest.mark.parametrize("transfer", [16, 18])
@pytest.mark.parametrize("full", [False, True])
def test_high_dynamic_range_is_tone_mapped(tmp_path: Path, transfer: int, full: bool) -> None:
    """Grey steps of ordinary video, shown with a white of 203 cd/m2, come back as they were."""
    ordinary = np.array([20, 60, 100, 140, 180])
    nits = 203 * (ordinary / 255) ** 2.2
    signal = pq(nits) if transfer == 16 else hlg((nits / 1000) ** (1 / 1.2))
    luma = np.repeat(signal, 16)[None].repeat(48, 0)  # (48, 80)
    planes = np.full((72, 80), 512, np.uint16)
    planes[:48] = np.round(1023 * luma if full else 64 + 876 * luma)
    picture = av.VideoFrame.from_ndarray(planes, format="yuv420p10le")
    picture.color_range = 2 if full else 1
    path = recorded(
        tmp_path / "a.mkv",
        codec="libx265",
        sizes=[(80, 48)],
        count=2,
        pixels="yuv420p10le",
        picture=picture,
        tags=(9, 9, transfer, 2 if full else 1),
    )
    image = next(VideoSource(path)).image
    assert image.dtype == np.uint8
    np.testing.assert_allclose(image[24, 8::16, 1], ordinary, atol=6)


def test_ten_bits_of_ordinary_range(tmp_path: Path) -> None:
    picture = av.VideoFrame.from_ndarray(np.full((72, 64), 512, np.uint16), format="yuv420p10le")
    path = recorded(
        tmp_path / "a.mkv", codec="libx265", count=2, pixels="yuv420p10le", picture=picture, tags=(1, 1, 1, 1)
    )
    np.testing.assert_allclose(next(VideoSource(path)).image[20, 20], 130, atol=3)


def test_transparent_parts_are_white(tmp_path: Path) -> None:
    rgba = np.zeros((48, 64, 4), np.uint8)
    rgba[:, 32:] = 200, 60, 20, 255
    picture = av.VideoFrame.from_ndarray(rgba, format="rgba")
    path = recorded(tmp_path / "a.mov", codec="png", pixels="rgba", picture=picture, count=2)
    image = next(VideoSource(path)).image
    assert image[20, 10].tolist() == [255, 255, 255]
    assert image[20, 50].tolist() == [200, 60, 20]


# Times and lengths


@pytest.mark.parametrize("suffix", [".mkv", ".mp4", ".mov", ".ts", ".flv"])
@pytest.mark.parametrize("sound_s", [0.3, 1.7])
def test_sound_of_another_length_is_no_damage(tmp_path: Path, suffix: str, sound_s: float) -> None:
    path = recorded(tmp_path / f"a{suffix}", count=25, sound_s=sound_s)
    with VideoSource(path) as source:
        assert len(list(source)) == 25
    assert source.problem is None
    assert source.end_s == pytest.approx(1.0, abs=0.2)


@pytest.mark.parametrize("suffix", [".ts", ".mkv", ".mpg"])
def test_joined_recordings_go_on(tmp_path: Path, suffix: str) -> None:
    codec = "mpeg2video" if suffix == ".mpg" else "libx264"
    part = recorded(tmp_path / f"part{suffix}", codec=codec, count=30, sound_s=0 if suffix == ".mpg" else 1.2)
    path = joined(tmp_path / f"a{suffix}", part, part)
    with VideoSource(path) as source:
        times = [frame.time_s for frame in source]
    assert source.problem is None
    assert len(times) == 60
    steps = np.diff(times)
    assert steps.min() > 0.03
    assert steps.max() < 0.15  # the sound of a part may be a little longer
    assert times[-1] == pytest.approx(59 / 25, abs=0.2)


@pytest.mark.parametrize(("suffix", "count"), [(".mkv", 3), (".flv", 2)])
def test_joined_recordings_that_are_not_read_are_named(tmp_path: Path, suffix: str, count: int) -> None:
    part = recorded(tmp_path / f"part{suffix}", count=30, sound_s=1.2)
    with VideoSource(joined(tmp_path / f"a{suffix}", *[part] * count)) as source:
        frames = list(source)
    assert len(frames) == 30 * (count - 1)
    assert source.problem is not None
    assert "cannot be read: damaged, or another recording that was joined" in source.problem


def test_a_clock_that_jumps_ahead_or_wraps(tmp_path: Path) -> None:
    parts = [
        recorded(tmp_path / f"{i}.ts", count=25, start_s=start)
        for i, start in enumerate((95_442.0, 1000.0, 90_000.0, 0.0))
    ]
    path = joined(tmp_path / "a.ts", *parts)
    with VideoSource(path) as source:
        times = [frame.time_s for frame in source]
    assert len(times) == 100
    assert np.diff(times).max() < 0.15
    assert source.problem is None


def test_the_end_of_the_last_picture_is_known(tmp_path: Path) -> None:
    with VideoSource(make_video(tmp_path / "a.mp4", times_s=[0.0, 0.1, 0.2])) as source:
        assert source.end_s is None
        list(source)
        assert source.end_s is not None
        assert 0.2 < source.end_s <= 0.31


def test_a_recording_that_begins_between_key_frames_is_not_damaged(tmp_path: Path) -> None:
    data = make_video(tmp_path / "whole.ts", count=600, picture=noisy).read_bytes()
    path = tmp_path / "a.ts"
    path.write_bytes(data[len(data) // 8 // 188 * 188 :])
    with VideoSource(path) as source:
        frames = list(source)
    assert len(frames) > 300
    assert source.problem is None


# Streams


def test_sound_that_nobody_can_decode_is_a_warning(tmp_path: Path) -> None:
    with VideoSource(silent_codec(tmp_path / "a.mp4")) as source:
        assert not source.has_audio
        assert source.warning == "its sound is in a format that cannot be decoded here, and is left out"
        assert len(list(source)) == 30
    assert source.problem is None


def test_pictures_that_nobody_can_decode_are_not_called_damaged(tmp_path: Path) -> None:
    data = bytearray(make_video(tmp_path / "a.mp4").read_bytes())
    at = data.find(b"avc1", data.find(b"stsd"))
    data[at : at + 4] = b"zzzz"
    (tmp_path / "a.mp4").write_bytes(data)
    with pytest.raises(MediaError, match=r"format that cannot be decoded here: convert it to H\.264") as caught:
        list(VideoSource(tmp_path / "a.mp4"))
    assert "damaged" not in str(caught.value)


def test_the_cover_of_a_song_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "song.m4a"
    with av.open(str(path), "w", format="mp4") as out:
        cover: Any = out.add_stream("png", rate=1)
        cover.width, cover.height, cover.pix_fmt = 8, 8, "rgb24"
        cover.disposition = av.stream.Disposition.attached_pic
        sound: Any = out.add_stream("aac", rate=48_000)
        frame = av.VideoFrame.from_ndarray(np.zeros((8, 8, 3), np.uint8), format="rgb24")
        packets = [*cover.encode(frame), *cover.encode(None)]
        out.mux(packets)
        tone = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.int16), format="s16", layout="mono")
        tone.sample_rate = 48_000
        out.mux([*sound.encode(tone), *sound.encode(None)])
    with pytest.raises(MediaError, match="no video stream"):
        VideoSource(path)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "AVIF"])
def test_animated_pictures(tmp_path: Path, kind: str) -> None:
    pictures = [Image.fromarray(np.full((48, 64, 3), 40 + 40 * i, np.uint8)) for i in range(5)]
    path = tmp_path / f"a.{kind.lower()}"
    pictures[0].save(path, kind, save_all=True, append_images=pictures[1:], duration=200)
    with open_video(path) as source:
        frames = list(source)
    assert source.problem is None
    np.testing.assert_allclose([frame.time_s for frame in frames], np.arange(5) / 5, atol=0.02)
    np.testing.assert_allclose([frame.image[20, 20, 0] for frame in frames], 40 + 40 * np.arange(5), atol=4)


# Pipes


@contextmanager
def piped(path: Path, content: bytes) -> Iterator[Path]:
    """A named pipe that a thread writes `content` into."""
    os.mkfifo(path)

    def write() -> None:
        with suppress(BrokenPipeError), path.open("wb") as pipe:
            pipe.write(content)

    writer = Thread(target=write)
    writer.start()
    yield path
    writer.join(10)


@pytest.mark.parametrize("suffix", [".mkv", ".ts", ".mp4", ".avi"])
def test_a_pipe_is_read_with_its_sound(tmp_path: Path, suffix: str) -> None:
    content = make_video(tmp_path / f"a{suffix}", count=60, sound="aac" if suffix != ".avi" else "mp2").read_bytes()
    with piped(tmp_path / "pipe", content) as path, VideoSource(path) as source:
        source.keep_sound()
        assert (source.path, source.has_audio) == (None, True)
        assert len(list(source)) == 60
        assert source.sound
        assert source.problem is None


def test_pipes_with_nothing_or_nonsense(tmp_path: Path) -> None:
    with piped(tmp_path / "empty", b"") as path, pytest.raises(MediaError, match=r"empty \(0 bytes\)"):
        VideoSource(path)
    with piped(tmp_path / "text", b"Dear diary") as path, pytest.raises(MediaError, match="not a video"):
        VideoSource(path)


# Facts that are missing


@pytest.mark.parametrize("rate", [b"\0\0\0\0", b"\xff\xff\xff\xff"])
def test_an_impossible_time_scale(tmp_path: Path, rate: bytes) -> None:
    data = bytearray(make_video(tmp_path / "a.mp4", count=5).read_bytes())
    at = data.find(b"mdhd") + 4 + 12
    data[at : at + 4] = rate
    (tmp_path / "a.mp4").write_bytes(data)
    try:
        with VideoSource(tmp_path / "a.mp4") as source:
            assert source.frame_rate is None or 0 < source.frame_rate <= 1000
            times = [frame.time_s for frame in source]
    except MediaError:
        return
    assert times == sorted(times)


def test_a_raw_stream_without_times(tmp_path: Path) -> None:
    path = recorded(tmp_path / "a.h264", count=10)
    with VideoSource(path) as source:
        times = [frame.time_s for frame in source]
    assert len(times) == 10
    assert np.diff(times).min() > 0


@pytest.mark.parametrize("size", [(1, 1), (3, 5), (63, 47)])
def test_odd_sizes(tmp_path: Path, size: tuple[int, int]) -> None:
    path = recorded(tmp_path / "a.mkv", codec="ffv1", sizes=[size], pixels="yuv444p", count=3)
    assert [frame.image.shape for frame in VideoSource(path)] == [(size[1], size[0], 3)] * 3


@pytest.mark.parametrize("suffix", [".mkv", ".mp4", ".ts", ".flv"])
def test_pictures_out_of_order_beside_sound_are_no_jump(tmp_path: Path, suffix: str) -> None:
    """B-frames: the first packets have no time of decoding, or one before that of presentation."""
    path = tmp_path / f"a{suffix}"
    with av.open(str(path), "w") as out:
        video: Any = out.add_stream("libx264", rate=25, options={"bf": "3", "b-adapt": "0"})
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        sound: Any = out.add_stream("aac", rate=48_000)
        for index in range(50):
            frame = av.VideoFrame.from_ndarray(noisy(index // 5, 64, 48), format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = index, Fraction(1, 25)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        for begin in range(0, 96_000, 1024):
            tone = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.int16), format="s16", layout="mono")
            tone.sample_rate, tone.pts, tone.time_base = 48_000, begin, Fraction(1, 48_000)
            out.mux(sound.encode(tone))
        out.mux(sound.encode(None))
    with VideoSource(path) as source:
        times = [frame.time_s for frame in source]
    np.testing.assert_allclose(np.diff(times), 0.04, atol=2e-3)
    assert len(times) == 50
    assert source.problem is None


@pytest.mark.parametrize("gap_s", [60.0, 7200.0, 1e5, 1e7])
def test_long_gaps_can_be_written_again(tmp_path: Path, gap_s: float) -> None:
    path = make_video(tmp_path / "a.mkv", times_s=[0.0, 0.04, gap_s, gap_s + 0.04])
    with VideoSource(path) as source, VideoSink(tmp_path / "out.mp4", audio_from=source) as sink:
        times = [frame.time_s for frame in source if not sink.write_image(frame.image, frame.time_s)]
    assert sink.kept is not None
    assert times[2] == pytest.approx(gap_s if gap_s < 20_000 else 0.08, abs=0.01)


@pytest.mark.parametrize("threads", [None, 1])
def test_wanted_pictures_keep_their_times_and_places(threads: int | None, tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", count=10)
    with open_video(path, threads=threads) as source:
        source.wanted = lambda time_s: time_s > 0.1
        frames = list(source)
        assert (source.problem, source.end_s) == (None, pytest.approx(1 / 3, abs=0.01))
    with open_video(path) as source:
        expected = [frame for frame in source if frame.time_s > 0.1]
    assert [frame.index for frame in frames] == [frame.index for frame in expected] == [4, 5, 6, 7, 8, 9]
    assert [frame.time_s for frame in frames] == [frame.time_s for frame in expected]
    assert all(np.array_equal(a.image, b.image) for a, b in zip(frames, expected, strict=True))


def test_the_threads_of_the_decoder(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", count=10)

    def decoding(threads: int | None) -> int:
        before = len(os.listdir("/proc/self/task"))
        with open_video(path, threads=threads) as source:
            next(iter(source))
            return len(os.listdir("/proc/self/task")) - before

    assert decoding(3) - decoding(1) >= 3
