"""Arrays of a glTF file."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.errors import InputError
from emoar.overlay.solid.gltf_document import read_glb

from .glb import packed, triangle

ACCESSOR = {"bufferView": 0, "componentType": 5120, "count": 2, "type": "VEC3", "normalized": True}


def test_normalised_bytes_lie_a_stride_apart() -> None:
    views = [{"buffer": 0, "byteLength": 8, "byteStride": 4}]
    document = triangle(accessors=[ACCESSOR], bufferViews=views)
    values = read_glb(packed(document, bytes([0, 127, 129, 9, 127, 0, 0, 9])), "a.glb").array(0)
    assert values.dtype == np.float32
    np.testing.assert_allclose(values, [[0, 1, -1], [1, 0, 0]])


def test_sparse_is_named() -> None:
    document = read_glb(packed(triangle(accessors=[{"componentType": 5126, "count": 3, "type": "VEC3"}])), "a.glb")
    with pytest.raises(InputError, match="sparse"):
        document.array(0)


def test_a_file_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emoar.overlay.solid.gltf_document.LARGEST_BYTES", 100)
    with pytest.raises(InputError, match=r"a\.glb: has .* bytes; at most 100 are read"):
        read_glb(packed(triangle()), "a.glb")
