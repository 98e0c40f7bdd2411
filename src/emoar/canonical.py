"""The canonical face: 468 points in centimetres, their texture coordinates and triangles.

Python and the browser share the file `face_geometry.json` (`scripts/make_face_geometry.py` writes it).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

__all__ = ["CanonicalFace", "canonical_face"]


@dataclass(frozen=True, eq=False)
class CanonicalFace:
    """MediaPipe's canonical face in the head frame: x to the person's left, y up, z out of the face."""

    vertices_cm: NDArray[np.float32]  # (468, 3)
    uv: NDArray[np.float32]  # (468, 2), 0..1, from the upper left of the texture
    triangles: NDArray[np.int32]  # (898, 3), counter-clockwise seen from the front
    fit_weights: NDArray[np.float32]  # (468,), MediaPipe's weights for a pose fit; `PoseFitter` does not use them


@cache
def canonical_face() -> CanonicalFace:
    """The canonical face, read from the file once."""
    document = json.loads(files("emoar").joinpath("face_geometry.json").read_text())
    vertices = np.asarray(document["vertices_cm"], np.float32)
    weights = np.zeros(len(vertices), np.float32)
    for index, weight in document["fit_weights"].items():
        weights[int(index)] = weight
    return CanonicalFace(
        vertices_cm=vertices,
        uv=np.asarray(document["uv"], np.float32),
        triangles=np.asarray(document["triangles"], np.int32),
        fit_weights=weights,
    )
