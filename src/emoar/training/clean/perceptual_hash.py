"""A perceptual hash (pHash) of 64 bits, robust to scaling, re-encoding and brightness."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.training.data.resize import resized

__all__ = ["distance_bits", "perceptual_hashes"]

SIDE_PX = 32


def perceptual_hashes(images: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """(N,) hashes of (N, S, S[, 3]) images.

    A bit is set where one of the 8 x 8 lowest DCT coefficients is above their median; the bit of the mean is 0.
    """
    hashes = np.zeros(len(images), np.uint64)
    for index, image in enumerate(images):
        small = resized(image, SIDE_PX, colour=False).astype(np.float32)
        low = np.asarray(cv2.dct(small))[:8, :8].ravel()
        bits = low > np.median(low[1:])
        bits[0] = False
        hashes[index] = np.packbits(bits).view(">u8")[0]
    return hashes


def distance_bits(a: NDArray[np.uint64], b: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """The Hamming distance of hashes, 0..64, with broadcasting."""
    return np.bitwise_count(a ^ b)
