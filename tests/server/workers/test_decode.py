"""Pictures and raw frames as arrays."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from numpy.typing import NDArray
from pictures import encoded

from emoar.server.http.problems import Problem


def test_heic_where_it_cannot_be_read(face: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch) -> None:
    data = encoded(face, ".heic")
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(Problem) as caught:
        picture_in(data, ImageRequest())
    assert caught.value.status == 415
    assert "does not read HEIC" in caught.value.detail
