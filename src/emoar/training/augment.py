"""Random changes to grey crops that keep the expression: what a webcam does, and what keeps a network honest."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

__all__ = ["Augmentation", "augment", "mixup"]


@dataclass(frozen=True)
class Augmentation:
    """How far each change may go. The defaults change nothing but the side."""

    rotation_deg: float = 0.0  # up to this angle either way
    scale: float = 0.0  # up to this factor larger or smaller: 0.15 is 0.85..1.15
    shift: float = 0.0  # up to this fraction of the side, each way
    flip: bool = True  # left-right, half of the time
    gamma: float = 0.0  # exponent in exp(-gamma)..exp(gamma)
    contrast: float = 0.0  # gain in exp(-contrast)..exp(contrast) around the mean
    blur: float = 0.0  # probability of a Gaussian blur, sigma 0.4..1.2 px
    noise: float = 0.0  # probability of additive noise, deviation 2..10 grey levels
    erasing: float = 0.0  # probability that a rectangle of 4..20 % is replaced by one grey level
    mixup: float = 0.0  # alpha of the Beta distribution, 0 is off


def augment(images: NDArray[np.uint8], settings: Augmentation, rng: Generator) -> NDArray[np.float32]:
    """(N, H, W) uint8 grey -> (N, H, W) float32 in 0..255, each image changed on its own."""
    out = np.empty(images.shape, np.float32)
    for index, image in enumerate(images):
        out[index] = _augment_one(image, settings, rng)
    return out


def mixup(count: int, alpha: float, rng: Generator) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Weights (N,) of each image and the partner (N,) that gets the rest (Zhang et al., 2018)."""
    if alpha <= 0:
        return np.ones(count, np.float32), np.arange(count)
    weight = rng.beta(alpha, alpha, count)
    return np.maximum(weight, 1 - weight).astype(np.float32), rng.permutation(count)


def _augment_one(image: NDArray[np.uint8], settings: Augmentation, rng: Generator) -> NDArray[np.float32]:
    height, width = image.shape
    matrix = _random_affine(height, width, settings, rng)
    face: NDArray[Any] = cv2.warpAffine(
        image.astype(np.float32), matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    if settings.gamma:
        face = 255.0 * (np.clip(face, 0, 255) / 255.0) ** np.exp(rng.uniform(-settings.gamma, settings.gamma))
    if settings.contrast:
        mean = float(face.mean())
        face = mean + (face - mean) * np.exp(rng.uniform(-settings.contrast, settings.contrast))
    if rng.random() < settings.blur:
        face = cv2.GaussianBlur(face, (0, 0), rng.uniform(0.4, 1.2))
    if rng.random() < settings.noise:
        face = face + rng.normal(0.0, rng.uniform(2, 10), face.shape)
    face = np.clip(face, 0, 255).astype(np.float32, copy=False)
    if rng.random() < settings.erasing:
        _erase(face, rng)
    return face


def _random_affine(height: int, width: int, settings: Augmentation, rng: Generator) -> NDArray[np.float64]:
    angle = np.deg2rad(rng.uniform(-settings.rotation_deg, settings.rotation_deg))
    scale = 1.0 + rng.uniform(-settings.scale, settings.scale)
    cos, sin = scale * np.cos(angle), scale * np.sin(angle)
    mirror = -1.0 if settings.flip and rng.random() < 0.5 else 1.0
    linear = np.array([[cos * mirror, -sin], [sin * mirror, cos]])
    centre = np.array([(width - 1) / 2, (height - 1) / 2])
    shift = rng.uniform(-settings.shift, settings.shift, 2) * (width, height)
    return np.column_stack([linear, centre + shift - linear @ centre])


def _erase(face: NDArray[np.float32], rng: Generator) -> None:
    height, width = int(face.shape[0]), int(face.shape[1])
    area, aspect = rng.uniform(0.04, 0.2), math.exp(rng.uniform(-0.7, 0.7))
    h = min(height, round(height * math.sqrt(area * aspect)))
    w = min(width, round(width * math.sqrt(area / aspect)))
    top, left = (cast("int", rng.integers(0, room + 1)) for room in (height - h, width - w))
    face[top : top + h, left : left + w] = rng.uniform(0, 255)
