"""Crops from the bytes of picture files."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from emoar.errors import MediaError
from emoar.training.data.decode import MINIMUM_BYTES, decode


def encoded(image: NDArray[np.uint8], suffix: str = ".png", *options: int) -> bytes:
    return cv2.imencode(suffix, image, list(options))[1].tobytes()


def test_a_lossless_picture_gives_back_its_pixels() -> None:
    image = np.arange(48 * 48).reshape(48, 48).astype(np.uint8)
    np.testing.assert_array_equal(decode(encoded(image), "a.png", 48, colour=False), image)


def test_colour_and_size_are_those_asked_for() -> None:
    bgr = np.full((20, 30, 3), (10, 20, 200), np.uint8)
    rgb = decode(encoded(bgr), "a.png", 8, colour=True)
    assert rgb.shape == (8, 8, 3)
    assert rgb[4, 4].tolist() == [200, 20, 10]
    assert decode(encoded(bgr), "a.png", 8, colour=False).shape == (8, 8)


def test_a_file_smaller_than_the_decoder_accepts() -> None:
    data = encoded(np.zeros((48, 48), np.uint8), ".webp", cv2.IMWRITE_WEBP_QUALITY, 101)
    assert len(data) < MINIMUM_BYTES
    assert not decode(data, "blank", 48, colour=False).any()


@pytest.mark.parametrize(("data", "words"), [(b"", r"row 3 is empty \(0 bytes\)"), (b"dear diary" * 20, "row 3")])
def test_bytes_that_are_no_picture_are_named(data: bytes, words: str) -> None:
    with pytest.raises(MediaError, match=words):
        decode(data, "row 3", 48, colour=False)
