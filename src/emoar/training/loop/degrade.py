"""Degradation of training crops: what a dim room, a far face, a codec, a hand or a lamp does to a picture.

Augmentation (`augment.py`) changes a face as another picture of it would; degradation takes something away. It comes
after mixing, so that a teacher can see the face before it (`teacher_views` of a recipe).
"""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from emoar.training.recipe import Augmentation

__all__ = ["degrade"]

Crop = NDArray[np.float32]  # (H, W) or (H, W, 3), 0..255

_DARKEST, _BRIGHTEST = 0.04, 1.8  # gains; the first leaves about ten grey levels
_SMALLEST_PX, _LARGEST_PX = 14, 40  # side of a face crop before it was enlarged to 48 px
_QUALITY: Final = (12, 70)  # of JPEG


def degrade(faces: NDArray[np.float32], settings: Augmentation, seeds: NDArray[np.int64]) -> NDArray[np.float32]:
    """Degrades each of (N, H, W) or (N, H, W, 3) crops in 0..255; `seeds` (N,) has a seed for each.

    Crops are centred, aligned faces: shapes that cover parts of a face and lights on glasses are drawn where an
    aligned face has its mouth and its eyes.
    """
    if not any((settings.occlusion, settings.glare, settings.exposure, settings.downscale, settings.jpeg)):
        return faces
    seeded = zip(faces, seeds.tolist(), strict=True)
    return np.stack([_degrade_one(face, settings, np.random.default_rng(seed)) for face, seed in seeded])


def _degrade_one(face: Crop, settings: Augmentation, rng: Generator) -> Crop:
    chances = rng.random(5)
    if chances[0] < settings.occlusion:
        face = _cover(face, rng)
    if chances[1] < settings.glare:
        face = _add_glare(face, rng)
    if chances[2] < settings.exposure:
        face = _expose(face, rng)
    if chances[3] < settings.downscale:
        face = _lose_detail(face, rng)
    if chances[4] < settings.jpeg:
        face = _compress(face, rng)
    return np.clip(face, 0, 255).astype(np.float32, copy=False)


def _expose(face: Crop, rng: Generator) -> Crop:
    """Another exposure, with the sensor's noise and rounding to grey levels, which hurt in the dark."""
    gain = np.exp(rng.uniform(np.log(_DARKEST), np.log(_BRIGHTEST)))
    noisy = face * gain + rng.normal(0, rng.uniform(0, 1.5), face.shape)
    return np.rint(np.clip(noisy, 0, 255)).astype(np.float32)


def _lose_detail(face: Crop, rng: Generator) -> Crop:
    """A small face, enlarged."""
    height, width = face.shape[:2]
    side = max(4, round(rng.uniform(_SMALLEST_PX, _LARGEST_PX) * width / 48))
    small = cv2.resize(face, (side, side), interpolation=cv2.INTER_AREA)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.float32, copy=False)


def _compress(face: Crop, rng: Generator) -> Crop:
    quality = int(rng.integers(*_QUALITY))
    _, encoded = cv2.imencode(".jpg", np.clip(face, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded: Any = cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED)  # None for damaged bytes only
    return decoded.astype(np.float32)


def _cover(face: Crop, rng: Generator) -> Crop:
    """Covers a part of the face by a mask, a hand, dark glasses or something at its side, in one grey with a shade."""
    height, width = face.shape[:2]
    shape = np.zeros((height, width), np.float32)
    draw = (_draw_mask, _draw_hand, _draw_glasses, _draw_side)[int(rng.integers(4))]
    draw(shape, rng)
    shape = cv2.GaussianBlur(shape, (0, 0), 0.6 * width / 48)
    grey = rng.uniform(5, 60) if draw is _draw_glasses else rng.uniform(10, 245)
    slope = rng.uniform(-60, 60, 2)
    y, x = np.mgrid[0:height, 0:width] / np.float32(width) - 0.5
    surface = (grey + slope[0] * x + slope[1] * y + rng.normal(0, 3, shape.shape)).astype(np.float32)
    if face.ndim == 3:
        shape, surface = shape[..., None], surface[..., None]
    return face * (1 - shape) + surface * shape


def _draw_mask(shape: NDArray[np.float32], rng: Generator) -> None:
    side = shape.shape[0]
    top, flare = rng.uniform(0.52, 0.72), rng.uniform(-0.06, 0.06)
    corners = [(-0.1, top + flare), (0.5, top - rng.uniform(0, 0.1)), (1.1, top - flare), (1.1, 1.1), (-0.1, 1.1)]
    cv2.fillPoly(shape, [_pixels(corners, side)], 1.0)


def _draw_hand(shape: NDArray[np.float32], rng: Generator) -> None:
    """Two to five fingers side by side, which come in from an edge."""
    side = shape.shape[0]
    angle, reach = rng.uniform(0, 2 * np.pi), rng.uniform(0.0, 0.35)
    along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    thickness, shift = rng.uniform(0.09, 0.15), rng.uniform(-0.3, 0.3)
    for finger in range(int(rng.integers(2, 6))):
        beside = (shift + (finger - 1.5) * thickness) * across
        tip = 0.5 + beside + (reach + rng.uniform(-0.08, 0.08)) * along
        ends = _pixels([tip, 0.5 + beside + along], side)
        cv2.line(shape, ends[0].tolist(), ends[1].tolist(), 1.0, max(1, round(thickness * side)), cv2.LINE_AA)


def _draw_glasses(shape: NDArray[np.float32], rng: Generator) -> None:
    side = shape.shape[0]
    height = rng.uniform(0.28, 0.42)
    axes = [max(1, round(side * rng.uniform(0.12, 0.2))), max(1, round(side * rng.uniform(0.08, 0.14)))]
    for centre in _pixels([(0.28, height), (0.72, height)], side):
        cv2.ellipse(shape, centre.tolist(), axes, 0, 0, 360, 1.0, -1, cv2.LINE_AA)


def _draw_side(shape: NDArray[np.float32], rng: Generator) -> None:
    """Hair, a scarf, a door: a half plane that covers up to two fifths."""
    side = shape.shape[0]
    angle, edge = rng.uniform(0, 2 * np.pi), rng.uniform(0.1, 0.4)
    y, x = np.mgrid[0:side, 0:side] / np.float32(side) - 0.5
    shape[x * np.cos(angle) + y * np.sin(angle) > edge] = 1.0


def _add_glare(face: Crop, rng: Generator) -> Crop:
    """One or two bright spots at the height of the eyes, as lamps make on glasses."""
    height, width = face.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    out = face.copy()
    for _ in range(int(rng.integers(1, 3))):
        centre = rng.uniform((0.1, 0.2), (0.9, 0.5)) * (width, height)
        radius = rng.uniform((0.03, 0.02), (0.14, 0.07)) * width
        light = np.exp(-(((x - centre[0]) / radius[0]) ** 2) - ((y - centre[1]) / radius[1]) ** 2)
        light *= rng.uniform(80, 250)
        out += light[..., None] if face.ndim == 3 else light
    return out


def _pixels(points: object, side: int) -> NDArray[np.int32]:
    return np.rint(np.asarray(points) * side).astype(np.int32)
