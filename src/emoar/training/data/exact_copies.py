"""Exact duplicates: images with identical pixels."""

from __future__ import annotations

import hashlib
from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

__all__ = ["exact_copies"]


def exact_copies(images: NDArray[np.uint8]) -> list[list[int]]:
    """Groups of at least two positions of (N, ...) images with identical pixels, each in ascending order."""
    same: defaultdict[bytes, list[int]] = defaultdict(list)
    for index, image in enumerate(images):
        same[hashlib.sha256(image.tobytes()).digest()].append(index)
    return [places for places in same.values() if len(places) > 1]
