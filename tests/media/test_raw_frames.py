"""Raw frames there and back."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.errors import MediaError
from emoar.media.raw_frames import pack_raw, unpack_raw


def test_there_and_back() -> None:
    image = np.arange(5 * 4 * 3, dtype=np.uint8).reshape(5, 4, 3)
    for picture in (image, image[:, ::-1], image[1:2, 1:2]):
        assert (unpack_raw(pack_raw(picture)) == picture).all()


@pytest.mark.parametrize("data", [b"", b"RGB8", b"RGB8" + bytes(8), pack_raw(np.zeros((2, 2, 3), np.uint8))[:-1]])
def test_what_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(MediaError, match="raw frame"):
        unpack_raw(data)
