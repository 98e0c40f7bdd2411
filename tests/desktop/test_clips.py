"""Snapshots and recordings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from makers import make_scene, read_video

from emoar.desktop.clips import Recording, new_file, save_snapshot
from emoar.errors import OutputError
from emoar.media.images import read_image
from emoar.types import Scene


def later(scene: Scene, time_s: float) -> Scene:
    return replace(scene, frame=replace(scene.frame, time_s=time_s))


def test_new_names_never_meet_a_file(tmp_path: Path) -> None:
    names = []
    for _ in range(3):
        names.append(new_file(tmp_path, ".png"))
        names[-1].touch()
    assert len(set(names)) == 3
    assert all(name.name.startswith("emoar-2") for name in names)


def test_a_snapshot_is_the_picture(tmp_path: Path) -> None:
    picture = np.random.default_rng(0).integers(0, 255, (40, 60, 3)).astype(np.uint8)
    assert (read_image(save_snapshot(tmp_path, picture)).image == picture).all()


def test_a_recording_begins_at_zero_and_keeps_the_times(tmp_path: Path) -> None:
    scene = make_scene(width=64, height=48)
    recording = Recording(tmp_path, 30.0, 90.0)
    for step in (0.0, 0.1, 0.5):
        recording.write(later(scene, 90.0 + step), scene.frame.image)
    assert recording.close() == f"{recording.path} (3 frames)"
    times, _ = read_video(recording.path)
    assert times == pytest.approx([0.0, 0.1, 0.5], abs=1e-3)


def test_a_recording_without_pictures_leaves_nothing(tmp_path: Path) -> None:
    assert Recording(tmp_path, 30.0, 0.0).close() is None
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError):
        Recording(tmp_path / "file", 30.0, 0.0)
    with pytest.raises(OutputError):
        save_snapshot(tmp_path / "file", np.zeros((4, 4, 3), np.uint8))
