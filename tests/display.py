"""A display without a screen: Xvfb, with the keys that a person presses (xdotool) and screenshots (FFmpeg)."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pytest
from numpy.typing import NDArray

SIZE_PX: Final = (1280, 800)
ABSENT = "no Xvfb or xdotool: apt-get install xvfb xdotool"


@dataclass(frozen=True)
class Display:
    """A running display."""

    name: str  # as in the variable DISPLAY

    def press(self, *keys: str) -> None:
        """Presses keys in the window that has the focus, by their X names."""
        command = ["xdotool", "key", *keys]
        subprocess.run(command, env={**os.environ, "DISPLAY": self.name}, check=True, timeout=60)

    def has_window(self, title: str) -> bool:
        """Whether a window with these words in its title is visible and has the focus."""
        found = subprocess.run(
            ["xdotool", "getwindowfocus", "getwindowname"],
            env={**os.environ, "DISPLAY": self.name},
            capture_output=True,
            text=True,
            timeout=60,
        )
        return title in found.stdout

    def screenshot(self) -> NDArray[np.uint8]:
        """(H, W, 3) RGB: all of the display."""
        import av

        options = {"video_size": "{}x{}".format(*SIZE_PX), "draw_mouse": "0"}
        with av.open(self.name, format="x11grab", options=options) as grabbed:
            frame: Any = next(grabbed.decode(video=0))
            return frame.to_ndarray(format="rgb24")


@contextmanager
def running_display() -> Iterator[Display]:
    """Starts Xvfb on a free number."""
    if shutil.which("Xvfb") is None or shutil.which("xdotool") is None:
        pytest.skip(ABSENT)
    reader, writer = os.pipe()
    width, height = SIZE_PX
    screen = ["-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"]
    command = ["Xvfb", "-displayfd", str(writer), *screen, "-noreset"]  # a reset refuses who connects meanwhile
    server = subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL)
    os.close(writer)
    try:
        with os.fdopen(reader) as pipe:
            yield Display(":" + pipe.readline().strip())  # printed when it accepts connections
    finally:
        server.terminate()
        server.wait()
