"""Pictures and raw frames as arrays."""

from __future__ import annotations

import struct
import sys

import numpy as np
import pytest
from numpy.typing import NDArray
from pictures import encoded

from emoar.media.raw_frames import pack_raw
from emoar.server.http.problems import Problem
from emoar.server.workers.decode import decode_frame, decode_picture, encode_picture

IMAGE = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3)


def test_heic_where_it_cannot_be_read(face: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch) -> None:
    data = encoded(face, ".heic")
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(Problem) as caught:
        decode_picture(data, 10**7)
    assert caught.value.status == 415
    assert "does not read HEIC" in caught.value.detail


def test_a_picture_and_back() -> None:
    assert (decode_picture(encode_picture(IMAGE, "image/png"), 24) == IMAGE).all()
    assert encode_picture(IMAGE, "image/jpeg").startswith(b"\xff\xd8\xff")


def test_a_frame_is_a_picture_or_raw() -> None:
    for data in (encode_picture(IMAGE, "image/png"), pack_raw(IMAGE)):
        assert (decode_frame(data, 24) == IMAGE).all()


@pytest.mark.parametrize("data", [encode_picture(IMAGE, "image/png"), pack_raw(IMAGE)], ids=["PNG", "raw"])
def test_too_many_pixels(data: bytes) -> None:
    with pytest.raises(Problem) as caught:
        decode_frame(data, 23)
    assert (caught.value.status, caught.value.limit, caught.value.value) == (422, "max_pixels", 23)
    assert "6 x 4 pixels" in caught.value.detail


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"", 415),
        (b"no picture", 415),
        (encode_picture(IMAGE, "image/png")[:40], 422),
        (b"RGB8", 422),
        (struct.pack("<4sII", b"RGB8", 1, 1) + b"12", 422),
    ],
)
def test_unusable_frames(data: bytes, status: int) -> None:
    with pytest.raises(Problem) as caught:
        decode_frame(data, 10**6)
    assert caught.value.status == status


def test_a_drawn_picture_may_be_too_large_for_jpeg() -> None:
    with pytest.raises(Problem) as caught:
        encode_picture(np.zeros((1, 70_000, 3), np.uint8), "image/jpeg")
    assert "request image/png" in caught.value.detail
