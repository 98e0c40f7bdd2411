"""A ten-second clip of two people, drawn at run time from two public-domain portraits inside other packages.

The people move, tilt, approach and recede. Their faces cross, one in front of the other, and one person leaves and
returns. Every frame is a pure function of its index, so the true place of each face is known: `demo_truth`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from emoar.demo.people import MARGIN_PX, PEOPLE, Image, Key, Person, cutout
from emoar.demo.room import COUNTER_TOP_PX, draw_counter, draw_room
from emoar.types import Frame

__all__ = ["DEMO_FPS", "DEMO_FRAMES", "DEMO_SIZE_PX", "TrueFace", "demo_clip", "demo_truth"]

DEMO_FPS: Final = 30
DEMO_FRAMES: Final = 300
DEMO_SIZE_PX: Final = (1280, 720)  # width, height

_FROM_CUTOUT: Final = np.array([[1.0, 0, -MARGIN_PX], [0, 1, -MARGIN_PX], [0, 0, 1]])  # to portrait pixels

_Points = NDArray[np.float64]


class TrueFace(NamedTuple):
    """The true place of a face in a frame."""

    centre_px: tuple[float, float]  # of the box around the 468 landmarks when the head is upright
    centroid_px: tuple[float, float]  # mean of these landmarks: unlike a box's centre, it turns with the head
    face_scale_px: float  # width of that box when the head is upright
    roll_deg: float  # clockwise in the picture
    visible: bool  # at least half of the face is inside the frame and not covered


def demo_clip(indices: Iterable[int] = range(DEMO_FRAMES)) -> Iterator[Frame]:
    """The frames with these indices, (720, 1280, 3) RGB, each drawn when it is read.

    Raises:
        DependencyMissing: a package that contains a portrait is not installed.
    """
    cutouts = [(person, *cutout(person)) for person in PEOPLE]  # first, so that a missing package raises at once
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
    """The true place of each face in the frame of that index, by the name of the person."""
    time_s = frame_index / DEMO_FPS
    return {person.name: _true_face(person, PEOPLE[i + 1 :], time_s) for i, person in enumerate(PEOPLE)}


def _paste(picture: Image, colours: Image, behind: Image, matrix: _Points) -> None:
    """Composites a cut-out (see `cutout`) over the picture, in place; the (2, 3) matrix leads to frame pixels."""
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


def _true_face(person: Person, in_front: tuple[Person, ...], time_s: float) -> TrueFace:
    key = _key_at(person.keys, time_s)
    to_frame = _to_frame(person, time_s)
    points = _apply(to_frame, _face_points(person))
    seen = np.all((points >= 0) & (points < DEMO_SIZE_PX) & (points[:, 1:] < COUNTER_TOP_PX), axis=1)
    for other in in_front:
        outline = np.array(other.outline_px, np.float32)
        in_portrait = _apply(_inverse(_to_frame(other, time_s)), points)
        covered = [cv2.pointPolygonTest(outline, (x, y), False) >= 0 for x, y in in_portrait.tolist()]
        seen &= ~np.array(covered)
    centroid_px = _apply(to_frame, np.array([person.centroid_px])).tolist()[0]
    roll_deg, visible = person.roll_deg + key.turn_deg, bool(seen.mean() >= 0.5)
    return TrueFace((key.x_px, key.y_px), tuple(centroid_px), key.width_px, roll_deg, visible)


def _face_points(person: Person) -> _Points:
    """(n, 2) points, evenly spaced over the ellipse of the face, in portrait pixels."""
    grid = np.stack(np.meshgrid(*[np.linspace(-1, 1, 15)] * 2), axis=-1).reshape(-1, 2)
    inside = grid[np.hypot(grid[:, 0], grid[:, 1]) <= 1]
    return np.asarray(person.centre_px) + inside * np.asarray(person.size_px) / 2


def _key_at(keys: tuple[Key, ...], time_s: float) -> Key:
    """The interpolated key at `time_s`: a cubic Hermite curve through the keys, with zero speed at both ends."""
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
    return Key(time_s, *(start * values[i] + leave * slopes[i] + end * values[i + 1] + arrive * slopes[i + 1]).tolist())


def _to_frame(person: Person, time_s: float) -> _Points:
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
