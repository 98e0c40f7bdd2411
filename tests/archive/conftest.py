"""Short videos with a face, and the whole command."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from makers import make_video
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent))  # processes of the engines import `fake_tasks`


@pytest.fixture(scope="session")
def face_video(tmp_path_factory: pytest.TempPathFactory, astronaut: NDArray[np.uint8]) -> Path:
    """12 frames, 0.4 s, of one face that moves a little."""
    crop = np.ascontiguousarray(astronaut[:256, 96:352])

    def picture(index: int, width: int, height: int) -> NDArray[np.uint8]:
        return np.roll(crop, index % 3, axis=1)

    return make_video(tmp_path_factory.mktemp("videos") / "face.mp4", count=12, size=(256, 256), picture=picture)
