"""Videos out, read back without this package."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from threading import Thread

import av
import numpy as np
import pytest
from makers import make_scene, make_video, read_sound, read_video
from odd_videos import joined, recorded, silent_codec

from emoar.errors import InputError, OutputError
from emoar.media.video import VideoSource
from emoar.media.video_sink import VideoOptions, VideoSink


def write(path: Path, times_s: list[float], size: tuple[int, int] = (64, 48), **options: object) -> str | None:
    with VideoSink(path, **options) as sink:
        for index, time_s in enumerate(times_s):
            sink.write_image(np.full((size[1], size[0], 3), (200, 60, 20 + index), np.uint8), time_s)
    return sink.kept


def test_plays_in_a_browser(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    assert write(path, [i / 30 for i in range(12)]) == f"{path} (12 frames)"
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        assert (context.name, context.pix_fmt, context.width, context.height) == ("h264", "yuv420p", 64, 48)
        assert (context.colorspace, context.color_range, context.color_primaries, context.color_trc) == (1, 1, 1, 1)
        assert stream.average_rate == 30
        assert float(stream.duration * stream.time_base) == pytest.approx(0.4, abs=0.001)
    data = path.read_bytes()
    assert 0 < data.find(b"moov") < data.find(b"mdat")  # the index comes first


def test_colours_survive(tmp_path: Path) -> None:
    write(tmp_path / "a.mp4", [0.0, 0.1], options=VideoOptions(quality=1))
    frames = list(VideoSource(tmp_path / "a.mp4"))
    np.testing.assert_allclose(frames[0].image[20, 20], (200, 60, 20), atol=3)


def test_times_are_kept(tmp_path: Path) -> None:
    times = [0.2, 0.25, 1.0, 1.01, 3.5]
    write(tmp_path / "a.mp4", times)
    assert np.allclose(read_video(tmp_path / "a.mp4")[0], times, atol=1e-4)


def test_equal_times_are_moved_apart_by_a_tick(tmp_path: Path) -> None:
    write(tmp_path / "a.mp4", [0.0, 0.0, 0.0])
    times, _ = read_video(tmp_path / "a.mp4")
    assert len(set(times)) == 3


@pytest.mark.parametrize(("size", "padded"), [((63, 48), (64, 48)), ((64, 47), (64, 48)), ((1, 1), (2, 2))])
def test_odd_sizes_are_padded_by_one(tmp_path: Path, size: tuple[int, int], padded: tuple[int, int]) -> None:
    write(tmp_path / "a.mp4", [0.0, 0.1], size)
    (_, pictures) = read_video(tmp_path / "a.mp4")
    assert pictures[0].shape == (padded[1], padded[0], 3)
    assert np.abs(pictures[0][-1, -1].astype(int) - pictures[0][0, 0].astype(int)).max() <= 4  # not black


def test_another_size_is_fitted_in(tmp_path: Path) -> None:
    with VideoSink(tmp_path / "a.mp4") as sink:
        sink.write_image(np.full((48, 64, 3), 200, np.uint8), 0.0)
        sink.write_image(np.full((96, 64, 3), 200, np.uint8), 0.1)
    (_, pictures) = read_video(tmp_path / "a.mp4")
    assert pictures[1].shape == (48, 64, 3)
    assert pictures[1][24, 32, 0] > 180
    assert pictures[1][24, 4, 0] < 40  # black beside it


@pytest.mark.parametrize(
    ("container", "codec", "copied"),
    [
        (".mp4", "aac", True),
        (".mkv", "libmp3lame", True),
        (".mkv", "ac3", True),
        (".mkv", "pcm_s16le", False),
        (".mkv", "mp2", False),
    ],
)
def test_sound_comes_along(tmp_path: Path, container: str, codec: str, copied: bool) -> None:
    source = make_video(tmp_path / f"in{container}", count=60, sound=codec)
    with VideoSource(source) as frames, VideoSink(tmp_path / "out.mp4", audio_from=source) as sink:
        for frame in frames:
            sink.write_image(frame.image, frame.time_s)
    name, seconds, frequency = read_sound(tmp_path / "out.mp4")
    before, _, _ = read_sound(source)
    assert name.startswith(before if copied else "aac")
    assert seconds == pytest.approx(2.0, abs=0.1)
    assert frequency == pytest.approx(440, abs=3)
    assert len(read_video(tmp_path / "out.mp4")[0]) == 60


def test_copied_sound_is_the_same_bytes(tmp_path: Path) -> None:
    source = make_video(tmp_path / "in.mp4", count=30, sound="aac")
    with VideoSink(tmp_path / "out.mp4", audio_from=source) as sink:
        for index in range(30):
            sink.write_image(np.zeros((48, 64, 3), np.uint8), index / 30)

    def packets(path: Path) -> list[tuple[float, bytes]]:
        with av.open(str(path)) as container:
            stream = container.streams.audio[0]
            return [(float(p.pts * p.time_base), bytes(p)) for p in container.demux(stream) if p.size]

    ours, theirs = packets(tmp_path / "out.mp4"), packets(source)
    assert [data for _, data in ours] == [data for _, data in theirs]
    np.testing.assert_allclose([t for t, _ in ours], [t for t, _ in theirs], atol=1e-3)


def test_sound_stays_in_step_after_a_late_start(tmp_path: Path) -> None:
    source = make_video(tmp_path / "in.ts", times_s=[5 + i / 30 for i in range(60)], sound="aac")
    with av.open(str(source)) as container:
        assert container.start_time > 4_500_000
    with VideoSource(source) as frames, VideoSink(tmp_path / "out.mp4", audio_from=source) as sink:
        for frame in frames:
            sink.write_image(frame.image, frame.time_s)
    with av.open(str(source)) as a, av.open(str(tmp_path / "out.mp4")) as b:
        gaps = [float(c.streams.video[0].start_time * c.streams.video[0].time_base) - _first_sound_s(c) for c in (a, b)]
    assert gaps[0] == pytest.approx(gaps[1], abs=0.03)


def _first_sound_s(container: av.container.InputContainer) -> float:
    return next(frame.time for frame in container.decode(audio=0))


def test_broken_off_work_plays_and_its_sound_ends_with_it(tmp_path: Path) -> None:
    source = make_video(tmp_path / "in.mp4", count=150, sound="aac")
    sink = VideoSink(tmp_path / "out.mp4", audio_from=source)
    for index in range(30):
        sink.write_image(np.zeros((48, 64, 3), np.uint8), index / 30)
    assert sink.close(complete=False) == f"{tmp_path / 'out.mp4'} (30 frames)"
    assert len(read_video(tmp_path / "out.mp4")[0]) == 30
    assert read_sound(tmp_path / "out.mp4")[1] == pytest.approx(1.0, abs=0.1)


def test_an_exception_in_the_block_keeps_what_was_written(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), VideoSink(tmp_path / "a.mp4") as sink:
        sink.write_image(np.zeros((48, 64, 3), np.uint8), 0.0)
        raise RuntimeError
    assert len(read_video(tmp_path / "a.mp4")[0]) == 1


def test_without_pictures_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"older")
    with VideoSink(tmp_path / "a.mp4") as sink:
        pass
    assert sink.kept is None
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a.mp4", b"older")]


def test_the_name_appears_only_at_the_end(tmp_path: Path) -> None:
    sink = VideoSink(tmp_path / "sub" / "a.mp4")
    sink.write_image(np.zeros((48, 64, 3), np.uint8), 0.0)
    assert not (tmp_path / "sub" / "a.mp4").exists()
    sink.close()
    assert [p.name for p in (tmp_path / "sub").iterdir()] == ["a.mp4"]


def test_a_full_disk_removes_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sink = VideoSink(tmp_path / "a.mp4")
    scene = make_scene()
    sink.write(scene, None)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(sink, "_add", full)
    with pytest.raises(OutputError, match=r"a\.mp4: the disk is full"):
        sink.write(scene, None)
    assert sink.close(complete=False) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a.avi", "a", "a.webm"])
def test_unknown_suffix(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match="name a video file that ends in"):
        VideoSink(tmp_path / name)


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder.mp4").mkdir()
    for path in (tmp_path / "file" / "a.mp4", tmp_path / "folder.mp4", Path("/proc/nowhere/a.mp4")):
        with pytest.raises(OutputError, match="cannot write"):
            VideoSink(path)


def test_wrong_pictures_are_refused(tmp_path: Path) -> None:
    with VideoSink(tmp_path / "a.mp4") as sink:
        for wrong in (np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3), np.float32), np.zeros((4, 4, 4), np.uint8)):
            with pytest.raises(InputError, match="image must be"):
                sink.write_image(wrong, 0.0)


def test_options_are_checked() -> None:
    with pytest.raises(InputError, match="frame_rate"):
        VideoOptions(frame_rate=0)


def length_s(path: Path) -> tuple[float, float]:
    """The length of the video's track, and the end of its last picture, read without this package."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frames = list(container.decode(stream))
        length = stream.duration * stream.time_base if stream.duration else container.duration / av.time_base
        return float(length), frames[-1].time + float(frames[-1].duration * frames[-1].time_base)


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
@pytest.mark.parametrize(
    "times_s",
    [
        [i / 30 for i in range(30)],
        [0, 0.1, 0.2, 0.3, 1.3, 2.3, 3.3, 4.3],
        [0, 1, 2, 3, 3.1, 3.2, 3.3, 3.4],
        [0, 5.0],
        [0.0],
    ],
)
def test_the_length_is_that_of_the_pictures(tmp_path: Path, suffix: str, times_s: list[float]) -> None:
    path = tmp_path / f"a{suffix}"
    with VideoSink(path) as sink:
        for index, time_s in enumerate(times_s):
            picture = np.random.default_rng(index // 4).integers(0, 255, (48, 64, 3), np.uint8)
            sink.write_image(picture, time_s)
    for length in length_s(path):
        assert length == pytest.approx(times_s[-1] + 1 / 30, abs=0.002)
    if suffix != ".mkv":
        with av.open(str(path)) as container:
            durations = [float(frame.duration * frame.time_base) for frame in container.decode(video=0)]
        np.testing.assert_allclose(durations[:-1], np.diff(times_s), atol=1e-3)


def test_the_last_picture_is_shown_as_long_as_in_the_source(tmp_path: Path) -> None:
    source = tmp_path / "in.mp4"
    with VideoSink(source, VideoOptions(frame_rate=0.5)) as sink:
        for time_s in (0.0, 0.1, 0.5):
            sink.write_image(np.zeros((48, 64, 3), np.uint8), time_s)
    assert length_s(source)[0] == pytest.approx(2.5, abs=0.01)
    with VideoSource(source) as frames, VideoSink(tmp_path / "out.mp4", audio_from=frames) as sink:
        for frame in frames:
            sink.write_image(frame.image, frame.time_s)
    assert length_s(tmp_path / "out.mp4")[0] == pytest.approx(2.5, abs=0.01)


@pytest.mark.parametrize("rate", [0.0001, 0.3, 29.97, 1000])
def test_any_frame_rate(tmp_path: Path, rate: float) -> None:
    assert write(tmp_path / "a.mp4", [0.0, 0.1], options=VideoOptions(frame_rate=rate)) is not None
    assert len(read_video(tmp_path / "a.mp4")[0]) == 2


@pytest.mark.parametrize("time_s", [float("nan"), float("inf"), 1e7])
def test_impossible_times_are_refused(tmp_path: Path, time_s: float) -> None:
    with VideoSink(tmp_path / "a.mp4") as sink:
        sink.write_image(np.zeros((48, 64, 3), np.uint8), 0.0)
        with pytest.raises(InputError, match="time_s must be at most 21600 s after"):
            sink.write_image(np.zeros((48, 64, 3), np.uint8), time_s)
    assert sink.kept is not None


@pytest.mark.parametrize(
    "error", [ValueError("no"), RuntimeError("no"), av.error.ArgumentError(22, "Invalid"), OSError(5)]
)
@pytest.mark.parametrize("when", ["_add", "_open", "_finish"])
def test_whatever_goes_wrong_the_older_file_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, when: str
) -> None:
    (tmp_path / "a.mp4").write_bytes(b"older")

    def fail(*_: object) -> None:
        raise error

    sink = VideoSink(tmp_path / "a.mp4")
    if when != "_open":
        sink.write_image(np.zeros((48, 64, 3), np.uint8), 0.0)
    monkeypatch.setattr(sink, when, fail)
    with pytest.raises(OutputError, match="cannot write"):
        sink.write_image(np.zeros((48, 64, 3), np.uint8), 0.1)
        sink.close()
    assert sink.close() is None
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a.mp4", b"older")]


def test_an_error_that_is_nobodys_business_leaves_the_older_file_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.mp4").write_bytes(b"older")

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), VideoSink(tmp_path / "a.mp4") as sink:
        sink.write_image(np.zeros((48, 64, 3), np.uint8), 0.0)
        monkeypatch.setattr(sink, "_add", fail)
        sink.write_image(np.zeros((48, 64, 3), np.uint8), 0.1)
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a.mp4", b"older")]


def annotated(source: Path, target: Path) -> VideoSink:
    """Copies the pictures and the sound of `source`."""
    with VideoSource(source) as frames, VideoSink(target, audio_from=frames) as sink:
        for frame in frames:
            sink.write_image(frame.image, frame.time_s)
    return sink


def test_sound_that_cannot_be_decoded_leaves_the_pictures(tmp_path: Path) -> None:
    (tmp_path / "out.mp4").write_bytes(b"older")
    sink = annotated(silent_codec(tmp_path / "in.mp4"), tmp_path / "out.mp4")
    assert sink.kept == f"{tmp_path / 'out.mp4'} (30 frames)"
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert not container.streams.audio
    assert len(read_video(tmp_path / "out.mp4")[0]) == 30


@pytest.mark.parametrize("suffix", [".ts", ".mkv"])
@pytest.mark.parametrize("codec", ["aac", "ac3", "mp2"])
def test_sound_and_pictures_of_joined_recordings_stay_together(tmp_path: Path, suffix: str, codec: str) -> None:
    part = make_video(tmp_path / f"part{suffix}", count=60, sound=codec)
    annotated(joined(tmp_path / f"in{suffix}", part, part), tmp_path / "out.mp4")
    times, _ = read_video(tmp_path / "out.mp4")
    _, seconds, frequency = read_sound(tmp_path / "out.mp4")
    assert len(times) == 120
    assert seconds == pytest.approx(4.0, abs=0.2)
    assert frequency == pytest.approx(440, abs=3)
    assert times[-1] == pytest.approx(4.0, abs=0.15)


@pytest.mark.parametrize("sound_s", [0.3, 3.0])
def test_sound_that_is_longer_or_shorter_than_the_pictures(tmp_path: Path, sound_s: float) -> None:
    annotated(recorded(tmp_path / "in.mkv", count=25, sound_s=sound_s), tmp_path / "out.mp4")
    assert read_sound(tmp_path / "out.mp4")[1] == pytest.approx(sound_s, abs=0.1)
    assert length_s(tmp_path / "out.mp4")[0] == pytest.approx(1.0, abs=0.01)


def test_the_sound_of_a_source_that_is_read_once(tmp_path: Path) -> None:
    data = make_video(tmp_path / "in.mkv", count=60, sound="aac").read_bytes()
    os.mkfifo(tmp_path / "pipe")
    writer = Thread(target=(tmp_path / "pipe").write_bytes, args=(data,))
    writer.start()
    sink = annotated(tmp_path / "pipe", tmp_path / "out.mp4")
    writer.join()
    assert sink.kept is not None
    assert read_sound(tmp_path / "out.mp4")[1] == pytest.approx(2.0, abs=0.1)


def test_a_long_name(tmp_path: Path) -> None:
    name = "x" * 251 + ".mp4"
    assert write(tmp_path / name, [0.0]) is not None
    assert [p.name for p in tmp_path.iterdir()] == [name]
