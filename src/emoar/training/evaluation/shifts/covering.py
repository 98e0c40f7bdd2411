"""Shapes over the face: a mask, a hand, dark glasses, glare. They are placed by the mean position of eyes and mouth.

Positions are of the aligned crop (`alignment_template_px`), in pixels at 48 px; shapes scale with the crop.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from emoar.perception.align import CROP_PX, alignment_template_px
from emoar.training.evaluation.shifts.shift import Change, Face

__all__ = ["dark_glasses", "glare", "hand", "mask"]

_SUPER: Final = 8  # shapes are drawn at this multiple of the crop's size, for smooth edges
_GLASS: Final = (6.2, 4.4)  # half axes of a lens
_MASK: Final = ((5, 29), (23.5, 26), (42, 29), (41, 42), (33, 50), (14, 50), (6, 42))  # a surgical mask's outline
_FOLDS: Final = (33.0, 38.0, 43.0)  # y of its folds
_PALM: Final = (9.0, 7.5)  # half axes of the palm
_FINGER: Final = (3.2, 17.0)  # breadth and length of a finger


def mask() -> Change:
    """A light surgical mask with three darker folds over nose, mouth and chin."""

    def change(face: Face, _: Generator) -> Face:
        face = _painted(face, _polygon(_MASK, face), 210)
        for y in _FOLDS:
            face = _painted(face, _polygon(((8, y), (39, y), (39, y + 0.8), (8, y + 0.8)), face), 170)
        return face

    return change


def hand() -> Change:
    """A palm with four fingers from below over one side of mouth and cheek, in the median level of the face.

    The side is drawn. Gaps of a quarter of a finger's breadth, 30 grey levels darker, separate the fingers.
    """

    def change(face: Face, rng: Generator) -> Face:
        side = 1 if rng.random() < 0.5 else -1
        skin = float(np.median(face))
        breadth, length = _FINGER
        middle = CROP_PX / 2 + side * 8.0
        face = _painted(face, _ellipse((middle, 45.0), _PALM, face), skin)
        for finger in range(4):
            x = middle + (finger - 1.5) * breadth * 1.25
            top = 45 - length - 2 * (finger in (1, 2))
            bar = ((x - breadth / 2, top), (x + breadth / 2, top), (x + breadth / 2, 44.0), (x - breadth / 2, 44.0))
            edge = tuple((a + (1 if a > x else -1) * breadth / 8, b - 0.5) for a, b in bar)
            face = _painted(face, _polygon(edge, face), max(skin - 30, 0))
            face = _painted(face, _polygon(bar, face), skin)
        return face

    return change


def dark_glasses() -> Change:
    """Two lenses of grey level 15 over the eyes, joined by a bridge."""

    def change(face: Face, _: Generator) -> Face:
        (right_x, y), (left_x, _) = alignment_template_px()[:2].tolist()
        for x in (right_x, left_x):
            face = _painted(face, _ellipse((x, y + 0.8), _GLASS, face), 15)
        bridge = ((right_x, y - 1), (left_x, y - 1), (left_x, y + 0.3), (right_x, y + 0.3))
        return _painted(face, _polygon(bridge, face), 15)

    return change


def glare() -> Change:
    """A reflection of grey level 250 in each lens of clear glasses, 60 % opaque, moved alike as drawn."""

    def change(face: Face, rng: Generator) -> Face:
        dx, dy = rng.uniform(-2, 2, 2).tolist()
        for x, y in alignment_template_px()[:2].tolist():
            face = _painted(face, 0.6 * _ellipse((x + dx, y + dy), (4.5, 2.6), face), 250)
        return face

    return change


def _ellipse(centre: tuple[float, float], axes: tuple[float, float], face: Face) -> NDArray[np.float32]:
    """(H, W) coverage 0..1 of an upright ellipse, given in pixels at 48 px."""
    angles = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    around = np.column_stack([np.cos(angles), np.sin(angles)]) * axes + centre
    return _polygon(tuple((x, y) for x, y in around.tolist()), face)


def _polygon(corners: tuple[tuple[float, float], ...], face: Face) -> NDArray[np.float32]:
    """(H, W) coverage 0..1 of a polygon with these corners in pixels at 48 px."""
    return _coverage(corners, face.shape[0], face.shape[1])


@lru_cache(maxsize=64)  # most shapes are the same for every face
def _coverage(corners: tuple[tuple[float, float], ...], height: int, width: int) -> NDArray[np.float32]:
    scale = np.array([width, height]) * _SUPER / CROP_PX
    canvas = np.zeros((height * _SUPER, width * _SUPER), np.uint8)
    cv2.fillPoly(canvas, [np.rint((np.array(corners) + 0.5) * scale).astype(np.int32)], (255,))
    coverage = cv2.resize(canvas, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(255)
    coverage.setflags(write=False)
    return coverage


def _painted(face: Face, coverage: NDArray[np.float32], level: float) -> Face:
    """The crop with one grey level over it, as opaque as the (H, W) coverage 0..1."""
    share = coverage if face.ndim == 2 else coverage[..., None]
    return np.rint(face + share * (np.float32(level) - face)).astype(np.uint8)
