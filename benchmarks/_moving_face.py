"""Clips of one face that moves fast: composed at run time from a portrait that is part of an installed package."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.demo.people import portrait
from emoar.types import Frame

__all__ = ["PATHS", "Clip", "MovingFace", "background", "laid_over"]

Image = NDArray[np.uint8]
# of each portrait: the middle of the box around its landmarks and that box's width, in pixels of the portrait
FACES: Final = {"astronaut": (225.8, 122.7, 95.4), "hopper": (264.3, 232.7, 187.3)}
REACH: Final = 1.3  # radius of the cut-out, in face widths: hair and neck are in it
SUBFRAMES_PER_WIDTH: Final = 24  # of motion blur: pictures averaged along a path of one face width


def _sine(phase: float) -> float:
    return math.sin(phase)


def _back_and_forth(phase: float) -> float:
    """A triangle wave with the slope of `phase` everywhere."""
    turns = (phase / math.pi + 0.5) % 2
    return (turns - 0.5 if turns < 1 else 1.5 - turns) * math.pi


def _linear(phase: float) -> float:
    """From one end of a triangle wave to the other, where it stops."""
    return min(phase, math.pi) - math.pi / 2


PATHS: Final[dict[str, Callable[[float], float]]] = {
    "sine": _sine,
    "back and forth": _back_and_forth,
    "linear": _linear,
}


@dataclass(frozen=True)
class Clip:
    """A clip of one face that moves along a line, to both sides of the picture's middle."""

    path: str = "sine"  # of PATHS
    widths_per_frame: float = 0.5  # the largest speed
    fps: float = 30.0
    face_px: float = 150.0  # width of the box around the landmarks
    shutter_s: float = 0.0  # exposure; 0: no motion blur
    who: str = "astronaut"
    size_px: tuple[int, int] = (1280, 720)
    direction_deg: float = 8.0
    seconds: float = 2.0
    at_rest_s: float = 0.0  # before the motion


class MovingFace:
    """The frames of a clip, and where the face is in each."""

    def __init__(self, clip: Clip, seed: int = 1) -> None:
        self.clip = clip
        x, y, width = FACES[clip.who]
        scale = clip.face_px / width
        picture = portrait(clip.who)
        cut = (
            slice(max(round(y - REACH * width), 0), round(y + REACH * width)),
            slice(max(round(x - REACH * width), 0), round(x + REACH * width)),
        )
        left, top = cut[1].start, cut[0].start
        self._face = cv2.resize(picture[cut], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        self._middle = (x - left) * scale, (y - top) * scale
        self._cover = _cover(self._face.shape[:2], self._middle, clip.face_px)
        self._background = background(clip.size_px, seed)
        # the face stays half a width inside
        along = math.radians(clip.direction_deg)
        self._direction = math.cos(along), math.sin(along)
        self._reach = min(
            (clip.size_px[0] - 1.3 * clip.face_px) / 2 / max(abs(self._direction[0]), 1e-6),
            (clip.size_px[1] - 1.5 * clip.face_px) / 2 / max(abs(self._direction[1]), 1e-6),
        )

    def centre_px(self, time_s: float) -> tuple[float, float]:
        """The middle of the face."""
        clip = self.clip
        widest = 1.0 if clip.path == "sine" else math.pi / 2
        amplitude = self._reach / widest
        speed = clip.widths_per_frame * clip.face_px * clip.fps  # px a second
        along = amplitude * PATHS[clip.path](max(time_s - clip.at_rest_s, 0) * speed / amplitude)
        x, y = clip.size_px[0] / 2, clip.size_px[1] / 2
        return x + along * self._direction[0], y + along * self._direction[1]

    def frames(self) -> Iterator[tuple[Frame, tuple[float, float]]]:
        """Each frame with the middle of the face in it."""
        clip = self.clip
        for index in range(round(clip.seconds * clip.fps)):
            time_s = index / clip.fps
            image = self._exposed(time_s)
            yield Frame(image, time_s, index, "moving"), self.centre_px(time_s)

    def _exposed(self, time_s: float) -> Image:
        """The picture with the shutter open around that time."""
        clip = self.clip
        blur_widths = clip.widths_per_frame * clip.shutter_s * clip.fps
        count = 1 + round(blur_widths * SUBFRAMES_PER_WIDTH)
        times = [time_s + clip.shutter_s * ((i + 0.5) / count - 0.5) for i in range(count)]
        places = [self.centre_px(t) for t in times]
        if count == 1:
            return laid_over(self._background, self._face, self._cover, self._middle, places[0])
        total = np.zeros(self._background.shape, np.float32)
        for place in places:
            total += laid_over(self._background, self._face, self._cover, self._middle, place)
        return np.rint(total / len(places)).astype(np.uint8)


def background(size_px: tuple[int, int], seed: int = 1) -> Image:
    """Blurred noise of (width, height) pixels."""
    width, height = size_px
    small = np.random.default_rng(seed).integers(0, 255, (max(height // 8, 1), max(width // 8, 1), 3), np.uint8)
    big = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.GaussianBlur(big, (0, 0), 6), np.uint8)


def laid_over(
    picture: Image, face: Image, cover: NDArray[np.float32], middle: tuple[float, float], place: tuple[float, float]
) -> Image:
    """The picture with a face at a place, to parts of a pixel; `cover` is the share of the face in each pixel, (h, w)."""
    height, width = picture.shape[:2]
    dx, dy = place[0] - middle[0], place[1] - middle[1]
    left, top = max(math.floor(dx), 0), max(math.floor(dy), 0)
    right, bottom = min(math.ceil(dx) + face.shape[1] + 1, width), min(math.ceil(dy) + face.shape[0] + 1, height)
    if left >= right or top >= bottom:
        return picture.copy()
    move = np.array([[1, 0, dx - left], [0, 1, dy - top]], np.float64)
    size = right - left, bottom - top
    moved = cv2.warpAffine(face, move, size).astype(np.float32)
    share = cv2.warpAffine(cover, move, size)[..., None]
    result = picture.copy()
    part = result[top:bottom, left:right].astype(np.float32)
    result[top:bottom, left:right] = np.rint(part + share * (moved - part)).astype(np.uint8)
    return result


def _cover(shape: tuple[int, ...], middle: tuple[float, float], face_px: float) -> NDArray[np.float32]:
    """(h, w) share of the face: 1 in an oval, 0 beyond, with a soft edge."""
    across = (np.arange(shape[1]) - middle[0]) / (0.85 * face_px)
    down = (np.arange(shape[0]) - middle[1] + 0.1 * face_px) / (1.1 * face_px)
    far = np.hypot(across, down[:, None])
    return np.clip((1.0 - far) / 0.15, 0, 1).astype(np.float32)
