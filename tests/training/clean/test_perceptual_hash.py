"""The perceptual hash hardly changes with size and colour, and differs between pictures."""

from __future__ import annotations

import numpy as np
from cleaning_faces import textured

from emoar.training.clean.perceptual_hash import distance_bits, perceptual_hashes
from emoar.training.data.resize import resized


def test_the_hash_knows_a_scaled_picture_again() -> None:
    images = textured(20)
    larger = np.stack([resized(image, 96, colour=True) for image in images])
    assert distance_bits(perceptual_hashes(images), perceptual_hashes(larger)).max() <= 6
    others = distance_bits(perceptual_hashes(images), np.roll(perceptual_hashes(images), 1))
    assert others.min() > 12


def test_bits_that_differ_are_counted() -> None:
    a = np.array([0b1011, 2**64 - 1], np.uint64)
    assert distance_bits(a, np.array([0b0001, 0], np.uint64)).tolist() == [2, 64]
    assert distance_bits(a[:, None], a[None]).shape == (2, 2)


def test_brightness_and_contrast_change_few_bits() -> None:
    image = textured(1)
    assert distance_bits(perceptual_hashes(image), perceptual_hashes(image // 2 + 60)).max() <= 4
    assert perceptual_hashes(image[:0]).shape == (0,)
