"""Small binary glTF files for tests."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

CORNERS = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32)
INDICES = np.array([0, 1, 2], np.uint16)


def triangle(nodes: list[dict[str, Any]] | None = None, **changes: Any) -> dict[str, Any]:
    """The JSON part of a file with one triangle of 1 m in the plane z = 0, red, which faces +z."""
    return {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}] if nodes is None else nodes,
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1, "material": 0}]}],
        "materials": [{"pbrMetallicRoughness": {"baseColorFactor": [1, 0, 0, 1]}}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"},
            {"bufferView": 1, "componentType": 5123, "count": 3, "type": "SCALAR"},
        ],
        "bufferViews": [{"buffer": 0, "byteLength": 36}, {"buffer": 0, "byteOffset": 36, "byteLength": 6}],
        "buffers": [{"byteLength": 44}],
        **changes,
    }


def packed(document: dict[str, Any], binary: bytes = CORNERS.tobytes() + INDICES.tobytes() + b"\0\0") -> bytes:
    """The file."""
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    chunks = len(text).to_bytes(4, "little") + b"JSON" + text + len(binary).to_bytes(4, "little") + b"BIN\0" + binary
    return b"glTF" + (2).to_bytes(4, "little") + (12 + len(chunks)).to_bytes(4, "little") + chunks
