"""`emoar video`: times and sound kept, bad videos refused in one line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from makers import make_sound, make_video, read_sound, read_video

from .inputs import check_line, encoded, noise, noisy


def test_video_keeps_the_sound_and_the_times(tmp_path: Path, emoar: Callable) -> None:
    source = make_video(tmp_path / "in.mp4", count=20, size=(160, 120), sound="aac")
    result = emoar("video", source, "-o", tmp_path / "out.mp4", "--scenes", tmp_path / "out.jsonl")
    assert (result.code, result.err) == (0, "")
    assert "out.mp4 (20 frames)" in result.out
    assert "1 face," in result.out
    times, pictures = read_video(tmp_path / "out.mp4")
    np.testing.assert_allclose(times, np.arange(20) / 30, atol=1e-3)
    assert len(np.unique(pictures[0])) > 30  # a label over the flat grey
    assert read_sound(tmp_path / "out.mp4")[0] == "aac"
    scenes = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [scene["frame_index"] for scene in scenes] == list(range(20))


def test_video_scenes_on_stdout_are_nothing_but_json(tmp_path: Path, emoar: Callable) -> None:
    result = emoar("video", make_video(tmp_path / "in.mp4"), "--scenes", "-", "--seconds", "0.5")
    assert (result.code, result.err) == (0, "")
    assert len([json.loads(line) for line in result.out.splitlines()]) == 15


BAD_VIDEOS: dict[str, tuple[Callable[[Path], object], int, str]] = {
    "missing.mp4": (lambda path: None, 3, "No such file"),
    "text.mp4": (lambda path: path.write_text("Dear diary, " * 100), 3, "not a video"),
    "empty.mp4": (lambda path: path.write_bytes(b""), 3, "empty"),
    "sound.m4a": (make_sound, 3, "no video stream"),
    "picture.jpg": (lambda path: path.write_bytes(encoded(noise(), "JPEG")), 2, "use emoar image"),
}


@pytest.mark.parametrize("name", BAD_VIDEOS)
def test_refused_videos(name: str, tmp_path: Path, emoar: Callable) -> None:
    make, code, message = BAD_VIDEOS[name]
    make(tmp_path / name)
    result = emoar("video", tmp_path / name, "-o", tmp_path / "out.mp4")
    assert result.code == code
    check_line(result.err)
    assert message in result.err
    assert not (tmp_path / "out.mp4").exists()
    assert not (tmp_path / "out.mp4.part").exists()


def test_truncated_video(tmp_path: Path, emoar: Callable) -> None:
    path = make_video(tmp_path / "in.mp4", count=90, picture=noisy, faststart=True, sound="aac")
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * 0.6)])
    result = emoar("video", path, "-o", tmp_path / "out.mp4", "--scenes", tmp_path / "out.jsonl")
    assert result.code == 3
    check_line(result.err)
    assert "in.mp4 stopped at " in result.err
    times, _ = read_video(tmp_path / "out.mp4")
    assert 30 < len(times) < 75
    assert f"what was readable is annotated: kept {tmp_path / 'out.mp4'} ({len(times)} frames)" in result.err
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == len(times)


def test_variable_frame_rate_and_odd_width(tmp_path: Path, emoar: Callable) -> None:
    times = [0.0, 0.1, 0.15, 0.9, 1.0]
    path = make_video(tmp_path / "in.mkv", times_s=times, size=(64, 48), sound="pcm_s16le")
    result = emoar("video", path, "-o", tmp_path / "out.mp4", "--overlays", "label")
    assert (result.code, result.err) == (0, "")
    np.testing.assert_allclose(read_video(tmp_path / "out.mp4")[0], times, atol=2e-3)
    assert read_sound(tmp_path / "out.mp4")[0] == "aac"


def test_odd_size(tmp_path: Path, emoar: Callable) -> None:
    for index in range(3):
        (tmp_path / f"{index}.gif").write_bytes(
            encoded(noise(63, 47), "GIF", save_all=True, append_images=[noise(63, 47).rotate(180)] * 3, duration=100)
        )
    result = emoar("video", tmp_path / "1.gif", "-o", tmp_path / "out.mp4")
    assert (result.code, result.err) == (0, "")
    assert read_video(tmp_path / "out.mp4")[1][0].shape == (48, 64, 3)
