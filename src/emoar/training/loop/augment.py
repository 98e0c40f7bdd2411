"""Augmentation of crops: geometric and photometric changes of each face, and mixing of pairs (mixup, cutmix)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from emoar.training.recipe import Augmentation

__all__ = ["Mixing", "augment", "draw_mixing"]


@dataclass(frozen=True, eq=False)
class Mixing:
    """The mixing of a batch: each image is blended with a partner (mixup) or has a rectangle of it (cutmix)."""

    keep: NDArray[np.float32]  # (N,) weight of the image and of its target, 0..1; the partner has the rest
    partner: NDArray[np.int64]  # (N,) position of the partner in the batch
    box_xyxy_px: NDArray[np.int64] | None = None  # (N, 4) rectangles of cutmix; None for mixup

    def blend(self, index: int, face: NDArray[np.float32], partner: NDArray[np.float32]) -> NDArray[np.float32]:
        """Mixes image `index`, (H, W) or (H, W, 3), with its partner of the same shape."""
        if self.box_xyxy_px is None:
            return self.keep[index] * face + (1 - self.keep[index]) * partner
        x0, y0, x1, y1 = self.box_xyxy_px[index]
        mixed = face.copy()
        mixed[y0:y1, x0:x1] = partner[y0:y1, x0:x1]
        return mixed


def augment(images: NDArray[np.uint8], settings: Augmentation, seeds: NDArray[np.int64]) -> NDArray[np.float32]:
    """Augments (N, H, W) or (N, H, W, 3) uint8 images to float32 in 0..255; `seeds` (N,) has a seed for each image."""
    out = np.empty(images.shape, np.float32)
    for index, image in enumerate(images):
        out[index] = _augment_one(image, settings, np.random.default_rng(seeds[index]))
    return out


def draw_mixing(count: int, side_px: int, settings: Augmentation, rng: Generator) -> Mixing:
    """Draws the mixing of a batch of `count` square images: cutmix, mixup (Zhang et al., 2018), or none."""
    if settings.cutmix and rng.random() < settings.cutmix:
        side = np.rint(side_px * np.sqrt(rng.uniform(0.0, 0.5, (count, 1)))).astype(np.int64)  # up to half of the area
        corner = np.floor(rng.uniform(0, 1, (count, 2)) * (side_px - side + 1)).astype(np.int64)
        keep = 1 - (side[:, 0] / side_px) ** 2
        return Mixing(keep.astype(np.float32), rng.permutation(count), np.hstack([corner, corner + side]))
    if settings.mixup:
        weight = rng.beta(settings.mixup, settings.mixup, count)
        return Mixing(np.maximum(weight, 1 - weight).astype(np.float32), rng.permutation(count))
    return Mixing(np.ones(count, np.float32), np.arange(count))


def _augment_one(image: NDArray[np.uint8], settings: Augmentation, rng: Generator) -> NDArray[np.float32]:
    height, width = image.shape[:2]
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
        face = cv2.GaussianBlur(face, (0, 0), rng.uniform(0.4, 1.2) * width / 48)
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
    if settings.shear_deg:
        slant = np.tan(np.deg2rad(rng.uniform(-settings.shear_deg, settings.shear_deg)))
        linear = np.array([[1.0, slant], [0.0, 1.0]]) @ linear
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
