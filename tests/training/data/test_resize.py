"""Size and colour of crops, from arrays and from the bytes of picture files."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from emoar.errors import MediaError
from emoar.training.data.options import ReadOptions
from emoar.training.data.resize import MINIMUM_BYTES, decode, fitted, resized

GREY = np.arange(16, dtype=np.uint8).reshape(4, 4) * 16


def test_a_crop_that_fits_keeps_its_pixels() -> None:
    np.testing.assert_array_equal(resized(GREY, 4, colour=False), GREY)
    np.testing.assert_array_equal(resized(GREY, 4, colour=True), np.repeat(GREY[..., None], 3, axis=-1))


def test_a_smaller_crop_is_the_mean_of_its_pixels() -> None:
    np.testing.assert_array_equal(resized(GREY, 2, colour=False), [[40, 72], [168, 200]])


@pytest.mark.parametrize("shape", [(4, 4), (6, 9), (6, 9, 3)])
@pytest.mark.parametrize(("colour", "expected"), [(False, (8, 8)), (True, (8, 8, 3))])
def test_any_crop_becomes_a_square_of_the_size(
    shape: tuple[int, ...], expected: tuple[int, ...], *, colour: bool
) -> None:
    found = resized(np.full(shape, 70, np.uint8), 8, colour=colour)
    assert (found.shape, found.dtype) == (expected, np.uint8)
    assert (found == 70).all()


def test_datasets_are_changed_only_where_an_option_asks_for_it() -> None:
    images = np.zeros((3, 4, 4), np.uint8)
    assert fitted(images, ReadOptions()) is images
    assert fitted(images, ReadOptions(colour=False)) is images
    assert fitted(images, ReadOptions(size_px=8)).shape == (3, 8, 8)
    assert fitted(images, ReadOptions(colour=True)).shape == (3, 4, 4, 3)


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
