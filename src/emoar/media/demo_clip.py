"""A ten-second clip of two people, built at run time from two public-domain portraits that lie inside packages.

They move, tilt, come near and go away; their faces pass each other, one in front; one leaves and comes back. Every
frame is a pure function of its index, so the true place of each face is known: `demo_truth`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.errors import DependencyMissing
from emoar.media.demo_room import COUNTER_TOP_PX, draw_counter, draw_room
from emoar.types import Frame

__all__ = ["DEMO_FPS", "DEMO_FRAMES", "DEMO_SIZE_PX", "TrueFace", "demo_clip", "demo_truth", "portrait"]

DEMO_FPS: Final = 30
DEMO_FRAMES: Final = 300
DEMO_SIZE_PX: Final = (1280, 720)  # width, height

_MARGIN_PX: Final = 60  # around a cut-out, room for its shadow
_FROM_CUTOUT: Final = np.array([[1.0, 0, -_MARGIN_PX], [0, 1, -_MARGIN_PX], [0, 0, 1]])  # to portrait pixels

_Image = NDArray[np.uint8]
_Points = NDArray[np.float64]


class TrueFace(NamedTuple):
    """Where a face is in a frame."""

    centre_px: tuple[float, float]  # of the box around the 468 landmarks
    face_scale_px: float  # width of that box when the head is upright
    roll_deg: float  # clockwise in the picture
    visible: bool  # at least half of the face is inside the frame and not covered


class _Key(NamedTuple):
    """A place on a path; between two of them the path is a smooth curve."""

    time_s: float
    x_px: float
    y_px: float
    width_px: float  # of the face
    turn_deg: float  # of the portrait, clockwise


@dataclass(frozen=True)
class _Person:
    """A portrait (in its own pixels) and the path that its face takes."""

    name: str
    package: str
    path: str  # below the package
    centre_px: tuple[float, float]  # of the box around the landmarks, measured with the mesh
    size_px: tuple[float, float]  # of that box
    roll_deg: float  # in the portrait
    outline_px: tuple[tuple[int, int], ...]  # head and shoulders, clockwise from the lower left
    keys: tuple[_Key, ...]


_HOPPER: Final = _Person(
    name="hopper",
    package="matplotlib",
    path="mpl-data/sample_data/grace_hopper.jpg",
    centre_px=(264.3, 232.7),
    size_px=(187.3, 203.9),
    roll_deg=-2.1,
    outline_px=(
        *((14, 600), (19, 540), (26, 450), (30, 430), (40, 404), (54, 390), (77, 377), (110, 365), (150, 352)),
        *((181, 337), (200, 320), (190, 296), (173, 286), (164, 270), (161, 255), (166, 245), (158, 225), (154, 205)),
        *((156, 190), (153, 175), (152, 132), (155, 106), (164, 92), (175, 80), (180, 66), (195, 51), (215, 41)),
        *((219, 28), (236, 24), (262, 23), (285, 27), (302, 40), (325, 48), (344, 62), (353, 85), (364, 88)),
        *((371, 110), (371, 138), (367, 165), (372, 183), (376, 196), (370, 222), (362, 260), (358, 280), (351, 296)),
        *((338, 306), (331, 313), (340, 326), (365, 346), (400, 360), (430, 371), (460, 377), (488, 391), (499, 411)),
        *((506, 440), (509, 480), (509, 600)),
    ),
    keys=(
        _Key(0.0, 920, 340, 190, 0),
        _Key(1.5, 960, 320, 235, -14),
        _Key(3.0, 850, 240, 170, 10),
        _Key(4.0, 640, 190, 150, -6),
        _Key(5.0, 400, 235, 160, 12),
        _Key(5.9, 170, 320, 195, -12),
        _Key(6.7, -160, 340, 205, -6),
        _Key(7.3, -160, 340, 210, 6),
        _Key(8.1, 190, 330, 225, 14),
        _Key(9.0, 400, 330, 215, 24),
        _Key(10.0, 430, 340, 190, 2),
    ),
)

_ASTRONAUT: Final = _Person(
    name="astronaut",
    package="skimage",
    path="data/astronaut.png",
    centre_px=(225.8, 122.7),
    size_px=(95.4, 109.2),
    roll_deg=3.1,
    outline_px=(
        *((70, 512), (50, 490), (30, 455), (20, 425), (21, 395), (28, 350), (36, 312), (44, 283), (52, 264)),
        *((76, 240), (102, 218), (114, 206), (115, 190), (124, 184), (130, 171), (146, 157), (165, 151), (184, 151)),
        *((182, 136), (173, 122), (161, 112), (155, 92), (155, 70), (162, 53), (179, 43), (191, 34), (202, 25)),
        *((221, 18), (245, 16), (265, 22), (284, 38), (296, 58), (300, 80), (297, 100), (287, 114), (277, 128)),
        *((271, 134), (263, 138), (259, 155), (256, 173), (270, 182), (287, 196), (299, 214), (303, 234), (305, 242)),
        *((325, 247), (339, 261), (349, 286), (357, 320), (363, 346), (375, 347), (400, 345), (430, 349), (459, 364)),
        *((478, 386), (490, 416), (495, 450), (501, 461), (504, 490), (504, 512)),
    ),
    keys=(
        _Key(0.0, 330, 350, 110, 0),
        _Key(1.5, 290, 330, 150, 16),
        _Key(3.0, 430, 385, 165, -9),
        _Key(4.0, 650, 405, 165, 5),
        _Key(5.0, 860, 375, 165, -14),
        _Key(6.5, 880, 335, 205, 22),
        _Key(8.0, 850, 345, 220, -18),
        _Key(9.0, 830, 330, 160, -6),
        _Key(10.0, 800, 350, 125, 0),
    ),
)

_PEOPLE: Final = (_HOPPER, _ASTRONAUT)  # from back to front


def demo_clip(indices: Iterable[int] = range(DEMO_FRAMES)) -> Iterator[Frame]:
    """The frames, (720, 1280, 3) RGB, each drawn when it is asked for.

    Raises:
        DependencyMissing: a package that carries a portrait is not installed.
    """
    cutouts = [(person, *_cutout(person)) for person in _PEOPLE]  # here, so that a missing package is told at once
    room, counter = draw_room(DEMO_SIZE_PX), draw_counter(DEMO_SIZE_PX)

    def render(index: int) -> Frame:
        time_s = index / DEMO_FPS
        pan_px = round(40 * math.sin(0.6 * time_s))
        picture = np.roll(room, pan_px, axis=1)[:, : DEMO_SIZE_PX[0]].copy()
        for person, colours, behind in cutouts:
            _paste(picture, colours, behind, _to_frame(person, time_s) @ _FROM_CUTOUT)
        picture[COUNTER_TOP_PX:] = np.roll(counter, 2 * pan_px, axis=1)[:, : DEMO_SIZE_PX[0]]
        return Frame(picture, time_s=time_s, index=index, source="demo")

    return map(render, indices)


def demo_truth(frame_index: int) -> dict[str, TrueFace]:
    """The true place of each face in a frame, by the name of the person."""
    time_s = frame_index / DEMO_FPS
    return {person.name: _true_face(person, _PEOPLE[i + 1 :], time_s) for i, person in enumerate(_PEOPLE)}


def portrait(name: str) -> NDArray[np.uint8]:
    """The (H, W, 3) RGB portrait of `hopper` or `astronaut`, as the package that carries it has it.

    Raises:
        DependencyMissing: that package is not installed.
    """
    return _portrait(next(person for person in _PEOPLE if person.name == name))


def _paste(picture: _Image, colours: _Image, behind: _Image, matrix: _Points) -> None:
    """Puts a cut-out (see `_cutout`) into the picture, in place."""
    height, width = colours.shape[:2]
    corners = _apply(matrix, np.array([[0, 0], [width, 0], [0, height], [width, height]], np.float64))
    limits = np.array([DEMO_SIZE_PX[0], COUNTER_TOP_PX])  # what the counter hides need not be drawn
    left, top = np.clip(np.floor(corners.min(axis=0)), 0, limits).astype(int)
    right, bottom = np.clip(np.ceil(corners.max(axis=0)), 0, limits).astype(int)
    if left >= right or top >= bottom:
        return
    part, size_px = picture[top:bottom, left:right], (int(right - left), int(bottom - top))
    shifted = matrix - np.array([[0, 0, left], [0, 0, top]])
    let_through = cv2.warpAffine(behind, shifted, size_px, borderValue=(255, 255, 255))
    part[:] = cv2.add(cv2.multiply(part, let_through, scale=1 / 255), cv2.warpAffine(colours, shifted, size_px))


def _true_face(person: _Person, in_front: tuple[_Person, ...], time_s: float) -> TrueFace:
    key = _key_at(person.keys, time_s)
    points = _apply(_to_frame(person, time_s), _face_points(person))
    seen = np.all((points >= 0) & (points < DEMO_SIZE_PX) & (points[:, 1:] < COUNTER_TOP_PX), axis=1)
    for other in in_front:
        outline = np.array(other.outline_px, np.float32)
        in_portrait = _apply(_inverse(_to_frame(other, time_s)), points)
        covered = [cv2.pointPolygonTest(outline, (x, y), False) >= 0 for x, y in in_portrait.tolist()]
        seen &= ~np.array(covered)
    return TrueFace((key.x_px, key.y_px), key.width_px, person.roll_deg + key.turn_deg, bool(seen.mean() >= 0.5))


def _face_points(person: _Person) -> _Points:
    """(n, 2) points spread evenly over the ellipse of the face, in portrait pixels."""
    grid = np.stack(np.meshgrid(*[np.linspace(-1, 1, 15)] * 2), axis=-1).reshape(-1, 2)
    inside = grid[np.hypot(grid[:, 0], grid[:, 1]) <= 1]
    return np.asarray(person.centre_px) + inside * np.asarray(person.size_px) / 2


def _key_at(keys: tuple[_Key, ...], time_s: float) -> _Key:
    """The path at a time: a cubic Hermite curve through the keys, at rest at both ends."""
    table = np.array(keys, np.float64)
    times, values = table[:, 0], table[:, 1:]
    slopes = np.zeros_like(values)
    slopes[1:-1] = (values[2:] - values[:-2]) / (times[2:] - times[:-2])[:, None]
    time_s = float(np.clip(time_s, times[0], times[-1]))
    i = min(int(np.searchsorted(times, time_s, "right")) - 1, len(keys) - 2)
    span = times[i + 1] - times[i]
    u = (time_s - times[i]) / span
    start, end = (1 + 2 * u) * (1 - u) ** 2, u * u * (3 - 2 * u)
    leave, arrive = u * (1 - u) ** 2 * span, u * u * (u - 1) * span
    return _Key(
        time_s, *(start * values[i] + leave * slopes[i] + end * values[i + 1] + arrive * slopes[i + 1]).tolist()
    )


def _to_frame(person: _Person, time_s: float) -> _Points:
    """(2, 3) similarity transform from portrait pixels to frame pixels."""
    key = _key_at(person.keys, time_s)
    scale, angle = key.width_px / person.size_px[0], math.radians(key.turn_deg)
    cos, sin = scale * math.cos(angle), scale * math.sin(angle)
    (x, y) = person.centre_px
    return np.array([[cos, -sin, key.x_px - cos * x + sin * y], [sin, cos, key.y_px - sin * x - cos * y]])


def _inverse(matrix: _Points) -> _Points:
    return np.asarray(cv2.invertAffineTransform(matrix), np.float64)


def _apply(matrix: _Points, points: _Points) -> _Points:
    return points @ matrix[:, :2].T + matrix[:, 2]


@cache
def _cutout(person: _Person) -> tuple[_Image, _Image]:
    """The person without the background, as two images.

    The colours, already times the coverage; and what is let through of what lies behind (255: all of it), with a
    soft shadow around the person. So a frame is `behind * second / 255 + first`.
    """
    portrait = _lengthened(_portrait(person), 420)
    height, width = portrait.shape[:2]
    outline = np.array(person.outline_px, np.int32)
    outline = np.vstack([outline, [outline[-1, 0], height], [outline[0, 0], height]])
    mask = cv2.fillPoly(np.zeros((height, width), np.uint8), [outline], 255)
    soft = cv2.GaussianBlur(cv2.erode(mask, np.ones((3, 3), np.uint8)), (0, 0), 1.6)
    around = (_MARGIN_PX, 0, _MARGIN_PX, _MARGIN_PX)
    soft, portrait = (cv2.copyMakeBorder(p, *around, cv2.BORDER_CONSTANT) for p in (soft, portrait))
    coverage = soft.astype(np.float32)[..., None] / 255
    shadow = 0.45 * cv2.GaussianBlur(coverage, (0, 0), 18)[..., None]
    colours = (portrait * coverage).astype(np.uint8)
    behind = np.repeat(255 * (1 - coverage) * (1 - shadow), 3, axis=2).astype(np.uint8)
    return colours, behind


def _lengthened(portrait: _Image, more_px: int) -> _Image:
    """The portrait with plain cloth below it, since the counter may lie lower than its edge."""
    longer = cv2.copyMakeBorder(portrait, 0, more_px, 0, 0, cv2.BORDER_REPLICATE)
    cloth = np.median(portrait[-40:, 60:-60], axis=(0, 1))
    fade = np.clip((np.arange(len(longer)) - len(portrait)) / 60 + 1, 0, 1)[:, None, None]
    return (longer * (1 - fade) + cloth * fade).astype(np.uint8)


def _portrait(person: _Person) -> _Image:
    """Reads the picture without importing the package that carries it."""
    spec = find_spec(person.package)
    path = Path(spec.origin).parent / person.path if spec and spec.origin else None
    if path is None or not path.is_file():
        raise DependencyMissing(f"the demo needs a portrait from {person.package}; run: pip install 'emoar[demo]'")
    bgr = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    if bgr is None:
        raise DependencyMissing(f"{path} cannot be read; run: pip install --force-reinstall 'emoar[demo]'")
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)
