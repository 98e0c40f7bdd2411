"""`emoar camera`: from a device that needs no hardware."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from makers import read_video

from .inputs import check_line


def test_camera(tmp_path: Path, emoar: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    from emoar.media import camera

    asked: list[tuple[object, object]] = []

    class Still:
        def read(self) -> tuple[bool, object]:

            time.sleep(0.01)
            return True, np.full((100, 120, 3), 90, np.uint8)

        def get(self, _: int) -> float:
            return 30.0

        def release(self) -> None: ...

    def opened(device: int | str, options: camera.CameraOptions) -> Still:
        asked.append((device, (options.width_px, options.height_px)))
        return Still()

    monkeypatch.setattr(camera, "_open_device", opened)
    result = emoar(
        "camera", "2", "-o", tmp_path / "out.mp4", "--seconds", "0.5", "--size", "640x480", "--overlays", "box"
    )
    assert (result.code, result.err) == (0, "")
    assert asked == [(2, (640, 480))]
    times, _ = read_video(tmp_path / "out.mp4")
    assert 2 < len(times) < 60
    assert times[-1] < 0.5


def test_camera_absent(tmp_path: Path, emoar: Callable) -> None:
    result = emoar("camera", "97", "-o", tmp_path / "out.mp4")
    assert result.code == 3
    check_line(result.err)
    assert "camera 97 cannot be opened" in result.err
    assert list(tmp_path.iterdir()) == []
