"""Sound: copied where the container takes it, encoded again where not, cut at the time of the pictures."""

from __future__ import annotations

from pathlib import Path

import av
import pytest
from makers import make_sound, make_video, read_sound

from emoar.media.audio import AudioTrack, has_audio


def carried(source: Path, target: Path, until_s: float | None) -> bool:
    """Carries the sound of `source` into `target`; whether it was copied."""
    with av.open(str(target), "w") as output:
        track = AudioTrack(source, output)
        track.advance(until_s)
        track.close()
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


def test_which_files_have_sound(tmp_path: Path) -> None:
    assert has_audio(make_sound(tmp_path / "a.m4a"))
    assert has_audio(make_video(tmp_path / "b.mp4", sound="aac"))
    assert not has_audio(make_video(tmp_path / "c.mp4"))
    assert not has_audio(tmp_path / "none.mp4")
