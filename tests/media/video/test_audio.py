"""Sound: copied where the container takes it, encoded again where not, cut at the time of the pictures."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from makers import make_video, read_sound

from emoar.media.video.audio import AudioTrack, _Resampler
from emoar.media.video.sound import FileSound


def carried(source: Path, target: Path, until_s: float | None) -> bool:
    """Carries the sound of `source` into `target`; whether it was copied."""
    with av.open(str(target), "w") as output:
        sound = FileSound(source)
        track = AudioTrack(sound, output)
        track.finish(until_s)
        sound.close()
    return track.copied


@pytest.mark.parametrize(
    ("codec", "suffix", "copied"), [("aac", ".mp4", True), ("pcm_s16le", ".mp4", False), ("aac", ".mkv", True)]
)
def test_copied_where_the_container_takes_it(codec: str, suffix: str, copied: bool, tmp_path: Path) -> None:
    source = make_video(tmp_path / "in.mkv", sound=codec)
    assert carried(source, tmp_path / f"out{suffix}", None) == copied
    found, seconds, tone_hz = read_sound(tmp_path / f"out{suffix}")
    assert found == (codec if copied else "aac")
    assert seconds == pytest.approx(1.0, abs=0.1)
    assert tone_hz == pytest.approx(440, abs=3)


def test_it_ends_with_the_pictures(tmp_path: Path) -> None:
    source = make_video(tmp_path / "in.mp4", sound="aac")
    carried(source, tmp_path / "out.mp4", 0.5)
    assert read_sound(tmp_path / "out.mp4")[1] == pytest.approx(0.5, abs=0.1)


class Reluctant:
    """An output that refuses some packets."""

    def __init__(self, output: Any, error: Exception) -> None:
        self._output, self._error = output, error
        self.count = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._output, name)

    def mux(self, packet: Any) -> None:
        self.count += 1
        if self.count % 5 == 0:
            raise self._error
        self._output.mux(packet)


def test_packets_that_the_container_refuses_are_left_out(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "out.mp4"), "w") as output:
        sound = FileSound(make_video(tmp_path / "in.mp4", sound="aac"))
        refusing = Reluctant(output, av.error.InvalidDataError(1, "Invalid data found"))
        track = AudioTrack(sound, refusing)
        track.finish(None)
        sound.close()
    assert track.problem == "some of its sound is damaged, and is left out"
    assert refusing.count > 40
    assert read_sound(tmp_path / "out.mp4")[0] == "aac"


def test_a_full_disk_is_not_passed_over(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "out.mp4"), "w") as output:
        sound = FileSound(make_video(tmp_path / "in.mp4", sound="aac"))
        track = AudioTrack(sound, Reluctant(output, OSError(28, "No space left on device")))
        with pytest.raises(OSError, match="No space"):
            track.finish(None)
        sound.close()


@pytest.mark.parametrize("error", [av.error.UndefinedError(1, "no"), ValueError("no"), RuntimeError("no")])
def test_sound_that_cannot_be_read_on_ends_with_a_reason(tmp_path: Path, error: Exception) -> None:
    with av.open(str(tmp_path / "out.mp4"), "w") as output:
        sound = FileSound(make_video(tmp_path / "in.mkv", sound="pcm_s16le"))
        packets = sound.packets()

        def broken() -> Iterator[Any]:
            yield from islice(packets, 20)
            raise error

        sound.packets = broken  # type: ignore[method-assign]
        track = AudioTrack(sound, output)
        track.finish(None)
        sound.close()
    assert track.problem == "its sound ends early (no)"


def test_sound_that_changes_its_kind_goes_on(tmp_path: Path) -> None:
    """One channel, then two, of another rate, as in joined recordings."""
    target = av.CodecContext.create("aac", "w")
    target.sample_rate, target.layout, target.format = 48_000, "stereo", "fltp"
    resampler = _Resampler(target)
    seconds = 0.0
    for rate, layout, channels in ((44_100, "mono", 1), (22_050, "stereo", 2), (48_000, "5.1", 6)):
        for index in range(20):
            tone = av.AudioFrame.from_ndarray(np.zeros((1, 1024 * channels), np.int16), format="s16", layout=layout)
            tone.sample_rate, tone.pts, tone.time_base = rate, index * 1024, Fraction(1, rate)
            seconds += sum(piece.samples for piece in resampler.resample(tone)) / 48_000
    seconds += sum(piece.samples for piece in resampler.rest()) / 48_000
    assert seconds == pytest.approx(20 * 1024 * (1 / 44_100 + 1 / 22_050 + 1 / 48_000), abs=0.05)


@pytest.mark.parametrize("layout", ["mono", "stereo", "5.1", "7.1"])
@pytest.mark.parametrize("rate", [8_000, 44_100, 96_000])
def test_every_layout_and_rate_plays_in_mp4(tmp_path: Path, layout: str, rate: int) -> None:
    source = tmp_path / "in.mkv"
    channels = {"mono": 1, "stereo": 2, "5.1": 6, "7.1": 8}[layout]
    with av.open(str(source), "w") as out:
        stream: Any = out.add_stream("pcm_s16le", rate=rate)
        stream.codec_context.layout = layout
        for index in range(rate // 1000):
            tone = av.AudioFrame.from_ndarray(np.zeros((1, 1000 * channels), np.int16), format="s16", layout=layout)
            tone.sample_rate, tone.pts, tone.time_base = rate, 1000 * index, Fraction(1, rate)
            out.mux(stream.encode(tone))
        out.mux(stream.encode(None))
    assert not carried(source, tmp_path / "out.mp4", None)
    codec, seconds, _ = read_sound(tmp_path / "out.mp4")
    assert (codec, seconds) == ("aac", pytest.approx(1.0, abs=0.15))
