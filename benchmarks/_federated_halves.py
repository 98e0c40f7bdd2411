"""The two halves of Training: the public one, and the one that clients hold."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

__all__ = ["half_of"]


def half_of(images: NDArray[np.uint8]) -> NDArray[np.int64]:
    """(N,) 0 for the public half and 1 for that of the clients, by the sha256 of the pixels: copies stay together."""
    return np.array([hashlib.sha256(image.tobytes()).digest()[0] % 2 for image in images])
