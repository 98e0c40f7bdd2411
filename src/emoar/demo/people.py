"""The people of the demo: cut-outs of two public-domain portraits inside other packages, and the path of each face."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.errors import DependencyMissing

__all__ = ["MARGIN_PX", "PEOPLE", "Image", "Key", "Person", "cutout", "portrait"]

MARGIN_PX: Final = 60  # around a cut-out, room for its shadow

Image = NDArray[np.uint8]


class Key(NamedTuple):
    """A key frame of a path; the path between two key frames is a smooth curve."""

    time_s: float
    x_px: float
    y_px: float
    width_px: float  # of the face
    turn_deg: float  # of the portrait, clockwise


@dataclass(frozen=True)
class Person:
    """A portrait (sizes are in its own pixels) and the path of its face."""

    name: str
    package: str
    path: str  # below the package
    centre_px: tuple[float, float]  # of the box around the landmarks, measured with the mesh
    size_px: tuple[float, float]  # of that box
    centroid_px: tuple[float, float]  # mean of the landmarks
    roll_deg: float  # in the portrait
    outline_px: tuple[tuple[int, int], ...]  # head and shoulders, clockwise from the lower left
    keys: tuple[Key, ...]


_HOPPER: Final = Person(
    name="hopper",
    package="matplotlib",
    path="mpl-data/sample_data/grace_hopper.jpg",
    centre_px=(264.3, 232.7),
    size_px=(187.3, 203.9),
    centroid_px=(266.6, 232.1),
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
        Key(0.0, 920, 340, 190, 0),
        Key(1.5, 960, 320, 235, -14),
        Key(3.0, 850, 240, 170, 10),
        Key(4.0, 640, 190, 150, -6),
        Key(5.0, 400, 235, 160, 12),
        Key(5.9, 170, 320, 195, -12),
        Key(6.7, -160, 340, 205, -6),
        Key(7.3, -160, 340, 210, 6),
        Key(8.1, 190, 330, 225, 14),
        Key(9.0, 400, 330, 215, 24),
        Key(10.0, 430, 340, 190, 2),
    ),
)

_ASTRONAUT: Final = Person(
    name="astronaut",
    package="skimage",
    path="data/astronaut.png",
    centre_px=(225.8, 122.7),
    size_px=(95.4, 109.2),
    centroid_px=(224.1, 123.4),
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
        Key(0.0, 330, 350, 110, 0),
        Key(1.5, 290, 330, 150, 16),
        Key(3.0, 430, 385, 165, -9),
        Key(4.0, 650, 405, 165, 5),
        Key(5.0, 860, 375, 165, -14),
        Key(6.5, 880, 335, 205, 22),
        Key(8.0, 850, 345, 220, -18),
        Key(9.0, 830, 330, 160, -6),
        Key(10.0, 800, 350, 125, 0),
    ),
)

PEOPLE: Final = (_HOPPER, _ASTRONAUT)  # from back to front


def portrait(name: str) -> NDArray[np.uint8]:
    """The (H, W, 3) RGB portrait of `hopper` or `astronaut`, unchanged.

    Raises:
        DependencyMissing: the package that contains it is not installed.
    """
    return _portrait(next(person for person in PEOPLE if person.name == name))


@cache
def cutout(person: Person) -> tuple[Image, Image]:
    """The person without the background, as two (H, W, 3) images for `background * second / 255 + first`.

    The first one is RGB, premultiplied by the coverage. The second one is how much of the background is visible
    (255: all of it), with a soft shadow around the person.

    Raises:
        DependencyMissing: the package that contains the portrait is not installed.
    """
    portrait = _lengthened(_portrait(person), 420)
    height, width = portrait.shape[:2]
    outline = np.array(person.outline_px, np.int32)
    outline = np.vstack([outline, [outline[-1, 0], height], [outline[0, 0], height]])
    mask = cv2.fillPoly(np.zeros((height, width), np.uint8), [outline], 255)
    soft = cv2.GaussianBlur(cv2.erode(mask, np.ones((3, 3), np.uint8)), (0, 0), 1.6)
    around = (MARGIN_PX, 0, MARGIN_PX, MARGIN_PX)
    soft, portrait = (cv2.copyMakeBorder(p, *around, cv2.BORDER_CONSTANT) for p in (soft, portrait))
    coverage = soft.astype(np.float32)[..., None] / 255
    shadow = 0.45 * cv2.GaussianBlur(coverage, (0, 0), 18)[..., None]
    colours = (portrait * coverage).astype(np.uint8)
    behind = np.repeat(255 * (1 - coverage) * (1 - shadow), 3, axis=2).astype(np.uint8)
    return colours, behind


def _lengthened(portrait: Image, more_px: int) -> Image:
    """The portrait with plain cloth below it, since the counter may be below its lower edge."""
    longer = cv2.copyMakeBorder(portrait, 0, more_px, 0, 0, cv2.BORDER_REPLICATE)
    cloth = np.median(portrait[-40:, 60:-60], axis=(0, 1))
    fade = np.clip((np.arange(len(longer)) - len(portrait)) / 60 + 1, 0, 1)[:, None, None]
    return (longer * (1 - fade) + cloth * fade).astype(np.uint8)


def _portrait(person: Person) -> Image:
    """Reads the picture without importing the package that contains it."""
    spec = find_spec(person.package)
    path = Path(spec.origin).parent / person.path if spec and spec.origin else None
    if path is None or not path.is_file():
        raise DependencyMissing(f"the demo needs a portrait from {person.package}; run: pip install 'emoar[demo]'")
    bgr = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    if bgr is None:
        raise DependencyMissing(f"{path} cannot be read; run: pip install --force-reinstall 'emoar[demo]'")
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)
