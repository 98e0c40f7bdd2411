"""Animated WebP."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from emoar.errors import DependencyMissing, MediaError
from emoar.media.sources import open_frames
from emoar.media.video import open_video
from emoar.media.video.animation import AnimationSource


def animation(path: Path, count: int = 4, duration_ms: int | list[int] = 100, mode: str = "RGB") -> Path:
    colour = (200, 60, 20) if mode == "RGB" else (200, 60, 20, 0)
    pictures = [Image.new(mode, (32, 24), (min(255, 20 + 40 * i), *colour[1:])) for i in range(count)]
    pictures[0].save(path, "WEBP", save_all=True, append_images=pictures[1:], duration=duration_ms, lossless=True)
    return path


def test_pictures_and_times(tmp_path: Path) -> None:
    with AnimationSource(animation(tmp_path / "a.webp", duration_ms=[100, 300, 50, 200])) as source:
        frames = list(source)
        assert (source.frame_count, source.has_audio, source.problem) == (4, False, None)
        assert source.duration_s == pytest.approx(0.65)
        assert source.end_s == pytest.approx(0.65)
    assert [frame.time_s for frame in frames] == pytest.approx([0, 0.1, 0.4, 0.45])
    assert [frame.image[5, 5].tolist() for frame in frames] == [[20 + 40 * i, 60, 20] for i in range(4)]
    assert [frame.index for frame in frames] == [0, 1, 2, 3]


def test_pictures_without_a_duration_are_shown_as_in_a_browser(tmp_path: Path) -> None:
    source = AnimationSource(animation(tmp_path / "a.webp", duration_ms=0))
    assert source.frame_rate == pytest.approx(10)


def test_transparent_is_white(tmp_path: Path) -> None:
    frame = next(AnimationSource(animation(tmp_path / "a.webp", mode="RGBA")))
    assert frame.image[5, 5].tolist() == [255, 255, 255]


def test_it_is_what_opens_such_files(tmp_path: Path) -> None:
    path = animation(tmp_path / "a.webp")
    assert isinstance(open_video(path), AnimationSource)
    assert len(list(open_frames(path))) == 4


def test_one_picture_is_no_animation(tmp_path: Path) -> None:
    Image.new("RGB", (32, 24)).save(tmp_path / "a.webp")
    assert len(list(open_frames(tmp_path / "a.webp"))) == 1


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_damaged_files(tmp_path: Path, share: float) -> None:
    path = animation(tmp_path / "a.webp", count=8)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(MediaError, match="damaged WEBP"):
        AnimationSource(path)


def test_too_much_to_decode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emoar.media.video.animation._MAX_BYTES", 4 * 32 * 24 * 3)
    with pytest.raises(MediaError, match="has 4 pictures of 32 x 24: convert it to MP4"):
        AnimationSource(animation(tmp_path / "a.webp"))


def test_an_older_opencv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = animation(tmp_path / "a.webp")
    monkeypatch.delattr(cv2, "imdecodeanimation")
    with pytest.raises(DependencyMissing, match=r"OpenCV 4\.12"):
        AnimationSource(path)


def test_closing_frees_the_pictures(tmp_path: Path) -> None:
    source = AnimationSource(animation(tmp_path / "a.webp"))
    assert next(source).image.dtype == np.uint8
    source.close()
    assert list(source) == []


def test_only_wanted_pictures(tmp_path: Path) -> None:
    with open_video(animation(tmp_path / "a.webp")) as source:
        source.wanted = lambda time_s: time_s > 0.15
        frames = list(source)
    assert [(frame.index, frame.time_s) for frame in frames] == [(2, pytest.approx(0.2)), (3, pytest.approx(0.3))]
