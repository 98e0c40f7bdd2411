"""Writes src/emoar/face_geometry.json: the canonical face that pose, face paint and the browser's occluder share.

The data is MediaPipe's canonical face model (Apache-2.0), extracted from the npm package `@mediapipe/face_mesh`:

    npm pack @mediapipe/face_mesh@0.4.1657299874 && tar xzf mediapipe-face_mesh-*.tgz
    python scripts/make_face_geometry.py package/face_mesh_solution_packed_assets.data
"""

from __future__ import annotations

import json
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

METADATA_BYTES = slice(3737848, 3757224)  # geometry_pipeline_metadata.binarypb inside the packed assets
VALUES_PER_VERTEX = 5  # x, y, z, u, v
OUTPUT = Path(__file__).parent.parent / "src" / "emoar" / "face_geometry.json"


def main() -> None:
    metadata = Path(sys.argv[1]).read_bytes()[METADATA_BYTES]
    mesh: dict[int, list[bytes | int]] = {}
    weights: dict[int, float] = {}
    for field, value in fields(metadata):
        if field == 1:  # canonical mesh
            for inner, item in fields(value):
                mesh.setdefault(inner, []).append(item)
        elif field == 2:  # weight of one landmark in the pose fit
            basis = dict(fields(value))
            weights[int(basis.get(1, 0))] = round(struct.unpack("<f", basis[2])[0], 6)
    numbers = [struct.unpack("<f", item)[0] for item in mesh[3]]
    vertices = [numbers[i : i + VALUES_PER_VERTEX] for i in range(0, len(numbers), VALUES_PER_VERTEX)]
    indices = [int(item) for item in mesh[4]]
    if len(vertices) != 468 or len(indices) % 3:
        raise SystemExit(f"expected 468 vertices and whole triangles, got {len(vertices)} and {len(indices)} indices")
    document = {
        "source": "MediaPipe canonical face model, Apache-2.0, npm @mediapipe/face_mesh 0.4.1657299874",
        "units": "vertices in cm, head frame: x to the person's left, y up, z out of the face; uv from the upper left",
        "vertices_cm": [[round(n, 5) for n in vertex[:3]] for vertex in vertices],
        "uv": [[round(n, 5) for n in vertex[3:]] for vertex in vertices],
        "triangles": [indices[i : i + 3] for i in range(0, len(indices), 3)],
        "fit_weights": {str(k): v for k, v in sorted(weights.items())},
    }
    OUTPUT.write_text(json.dumps(document, separators=(",", ":")) + "\n")
    print(f"{OUTPUT.name}: {len(vertices)} vertices, {len(indices) // 3} triangles, {len(weights)} fit weights")


def fields(message: bytes) -> Iterator[tuple[int, bytes | int]]:
    """The (field number, value) pairs of one protobuf message; numbers of 32 bits come as their bytes."""
    at = 0
    while at < len(message):
        key, at = varint(message, at)
        kind = key & 7
        if kind == 0:
            value, at = varint(message, at)
            yield key >> 3, value
            continue
        if kind == 2:
            size, at = varint(message, at)
        elif kind == 5:
            size = 4
        else:
            raise ValueError(f"unexpected protobuf field type {kind}")
        yield key >> 3, message[at : at + size]
        at += size


def varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 127) << shift
        shift, at = shift + 7, at + 1
        if byte < 128:
            return value, at


if __name__ == "__main__":
    main()
