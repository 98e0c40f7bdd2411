"""Snapshots and recordings that a person asks for while watching: files with the time in their names."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emoar.media.sinks import write_image
from emoar.media.threads import BackgroundSink
from emoar.media.video_sink import VideoOptions, VideoSink
from emoar.types import Scene

__all__ = ["Recording", "new_file", "save_snapshot"]


def new_file(folder: Path, suffix: str) -> Path:
    """A name in the folder that no file has: `emoar-20261128-120000.png`."""
    stem = time.strftime("emoar-%Y%m%d-%H%M%S")
    path, number = folder / f"{stem}{suffix}", 2
    while path.exists():
        path, number = folder / f"{stem}-{number}{suffix}", number + 1
    return path


def save_snapshot(folder: Path, picture: NDArray[np.uint8]) -> Path:
    """Writes an (H, W, 3) RGB picture as PNG into the folder; returns its path.

    Raises:
        OutputError: it cannot be written.
    """
    path = new_file(folder, ".png")
    write_image(path, picture)
    return path


class Recording:
    """A video of what is shown, which begins when recording does. Encoding has a thread of its own.

    Raises:
        OutputError: the folder cannot be written.
    """

    def __init__(self, folder: Path, frame_rate: float, begins_s: float) -> None:
        self.path = new_file(folder, ".mp4")
        self.begins_s = begins_s
        self._sink = BackgroundSink(_FromZero(VideoSink(self.path, VideoOptions(frame_rate)), begins_s))

    def write(self, scene: Scene, picture: NDArray[np.uint8]) -> None:
        """Adds a picture at the time of its scene.

        Raises:
            OutputError: it cannot be written.
        """
        self._sink.write(scene, picture)

    def close(self) -> str | None:
        """Finishes the file; returns its name and number of frames, None where there is none.

        Raises:
            OutputError: it cannot be finished.
        """
        return self._sink.close()


class _FromZero:
    """A sink of videos whose time begins at 0."""

    needs_picture = True

    def __init__(self, video: VideoSink, begins_s: float) -> None:
        self._video, self._begins_s = video, begins_s

    def write(self, scene: Scene, picture: NDArray[np.uint8] | None) -> None:
        image = scene.frame.image if picture is None else picture
        self._video.write_image(image, scene.frame.time_s - self._begins_s)

    def close(self, *, complete: bool = True) -> str | None:
        return self._video.close(complete=complete)
