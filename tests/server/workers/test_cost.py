"""The cost of a picture."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from pictures import encoded

from emoar.server.workers.cost import megapixels


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".bmp", ".tiff"])
def test_the_header_gives_the_cost(suffix: str) -> None:
    data = encoded(np.zeros((500, 2000, 3), np.uint8), suffix)
    assert megapixels(data) == pytest.approx(1.1)


def test_raw_frames_and_what_is_no_picture() -> None:
    assert megapixels(b"RGB8" + struct.pack("<II", 1000, 1000) + bytes(3_000_000)) == pytest.approx(1.1, abs=0.001)
    assert megapixels(b"RGB8" + struct.pack("<II", 2**31, 2**31)) < 0.2
    assert megapixels(b"") == megapixels(b"text") == 0.1
