"""Sound: copied where the container takes it, encoded again where not, cut at the time of the pictures."""

from __future__ import annotations

from pathlib import Path

import av
import pytest
from makers import make_video, read_sound

from emoar.media.audio import AudioTrack
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
