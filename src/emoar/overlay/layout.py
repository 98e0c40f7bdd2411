"""Placement of text boxes: beside a head, inside the frame, never over a face or each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "NOTHING",
    "Box",
    "Boxes",
    "Ground",
    "Line",
    "Placed",
    "Wish",
    "boxes_of",
    "cheapest_position",
    "cheapest_positions",
    "crosses",
]

Line = tuple[tuple[float, float], tuple[float, float]]  # from one end to the other
Boxes = NDArray[np.float64]  # (N, 4)
NOTHING: Final[Boxes] = np.empty((0, 4))

STAY: Final = 0.25  # discount for the place of the last frame, so that text does not alternate between places
MOVED: Final = 0.35  # cost of a shift by one box size to get inside the frame
ROUNDS: Final = 3


class Box(NamedTuple):
    """An upright rectangle in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """In pixels."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """In pixels."""
        return self.bottom - self.top

    @property
    def centre(self) -> tuple[float, float]:
        """(x, y) in pixels."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def shifted(self, x: float, y: float) -> Box:
        """The box moved by `x` and `y` pixels."""
        return Box(self.left + x, self.top + y, self.right + x, self.bottom + y)

    def overlap(self, other: Box) -> float:
        """Shared area in square pixels."""
        x = min(self.right, other.right) - max(self.left, other.left)
        y = min(self.bottom, other.bottom) - max(self.top, other.top)
        return x * y if x > 0 and y > 0 else 0.0


@dataclass(frozen=True)
class Wish:
    """The places that a text may take: upper left corners, each for a box of that size, moved into a frame."""

    size_px: tuple[float, float]  # width, height
    corners: Callable[[], Sequence[tuple[float, float]]]  # in order of preference; called when they are needed
    frame: Box  # the part of the frame that text may lie in
    last: int | None = None  # the place in the last frame, which costs a little less
    aside_px: float = 0.0  # how far a new place is from what has to be free, so that text does not come and go
    line: Callable[[Box], Line | None] | None = None  # from a place a line that must not cross another face
    over_own_face: bool = False  # the last resort of a face that fills the frame
    for_all: bool = False  # a form that all texts have that can, or none: a crowd is not shown in two ways

    @cached_property
    def wanted(self) -> Boxes:
        """(P, 4) the places without the frame's edges; the distance from there adds to the cost."""
        low = np.array(self.corners(), float).reshape(-1, 2)
        return np.hstack([low, low + self.size_px])

    @cached_property
    def places(self) -> Boxes:
        """(P, 4) inside the frame, at integer pixels, so that text is sharp; centred where they do not fit."""
        low, size = self.wanted[:, :2], np.array(self.size_px)
        least, most = np.array(self.frame[:2]), np.array(self.frame[2:]) - size
        inside = np.where(most < least, (least + most) / 2, np.clip(low, least, np.maximum(most, least)))
        inside = np.rint(inside)
        return np.hstack([inside, inside + size])

    def place(self, index: int) -> Box:
        """One of the places."""
        return Box(*map(float, self.places[index]))


class Ground(NamedTuple):
    """What lies in the frame; arrays are (N, 4) boxes."""

    free: Boxes = NOTHING  # never covered: faces and the text that is placed already
    uncrossed: Boxes = NOTHING  # never crossed by a line: the faces of other people
    obstacles: Boxes = NOTHING  # covered where there is no better place, such as hair
    weight: float | Boxes = 1.0  # (N,) the cost of an obstacle when it, or the text, is covered completely


class Placed(NamedTuple):
    """The wish that is granted, by its index, and which of its places."""

    form: int
    place: int
    box: Box


def boxes_of(boxes: Iterable[Box]) -> Boxes:
    """(N, 4) the boxes as an array."""
    return np.array(list(boxes), float).reshape(-1, 4)


def cheapest_position(wish: Wish, ground: Ground) -> int | None:
    """Index of the cheapest place that covers nothing which has to be free; None where there is none."""
    places = wish.places
    if len(places) == 0:
        return None
    cost = _costs(wish, ground)
    cost[(_overlaps(_with_distance(wish), ground.free) > 0).any(axis=1)] = np.inf
    while np.isfinite(cost[index := int(np.argmin(cost))]):
        line = wish.line(wish.place(index)) if wish.line and len(ground.uncrossed) else None
        if line is None or not any(crosses(line, Box(*box)) for box in ground.uncrossed.tolist()):
            return index
        cost[index] = np.inf
    return None


def cheapest_positions(
    wishes: Sequence[Sequence[Wish]], ground_of: Callable[[int, Wish], Ground]
) -> list[Placed | None]:
    """For each text the first of its wishes that has a free place; None for a text without any.

    Args:
        wishes: of each text its forms, the preferred one first.
        ground_of: what a text, by its index, must not cover under that wish, without the other texts.
    """
    chosen = _beside_each_other(wishes, ground_of, for_all=True)
    for forms, placed in zip(wishes, chosen, strict=True):
        if any(wish.for_all for wish in forms) and not (placed and forms[placed.form].for_all):
            return _beside_each_other(wishes, ground_of, for_all=False)
    return chosen


def _beside_each_other(
    wishes: Sequence[Sequence[Wish]], ground_of: Callable[[int, Wish], Ground], *, for_all: bool
) -> list[Placed | None]:
    """Each text takes its cheapest place; where some meet, in a few rounds given those of the others."""

    def first(of: int, others: Sequence[Placed | None]) -> Placed | None:
        boxes = [placed.box for placed in others if placed]
        for form, wish in enumerate(wishes[of]):
            if wish.for_all and not for_all:
                continue
            ground = ground_of(of, wish)
            if boxes:
                ground = ground._replace(free=np.vstack([ground.free, boxes_of(boxes)]))
            index = cheapest_position(wish, ground)
            if index is not None:
                return Placed(form, index, wish.place(index))
        return None

    chosen: list[Placed | None] = [first(of, ()) for of in range(len(wishes))]
    boxes = [placed.box for placed in chosen if placed]
    if not any(a.overlap(b) for index, a in enumerate(boxes) for b in boxes[:index]):
        return chosen
    chosen = [None] * len(wishes)
    for _ in range(ROUNDS):
        for of in range(len(wishes)):
            chosen[of] = first(of, chosen[:of] + chosen[of + 1 :])
    return chosen


def _costs(wish: Wish, ground: Ground) -> Boxes:
    """(P,) what each place costs."""
    places = wish.places
    size = np.maximum(wish.size_px, 1e-6)
    cost = 0.05 * np.arange(len(places)) + MOVED * (np.abs(places - wish.wanted)[:, :2] / size).sum(axis=1)
    if len(ground.obstacles):
        # Relative to the smaller box, since a large bubble must not hide a small label.
        smaller = np.minimum(size.prod(), _areas(ground.obstacles))
        cost += (ground.weight * _overlaps(places, ground.obstacles) / np.maximum(smaller, 1e-6)).sum(axis=1)
    if wish.last is not None:
        cost[wish.last] -= STAY
    return cost


def _with_distance(wish: Wish) -> Boxes:
    """(P, 4) the places with the distance that each has to keep; the last place need not."""
    grown = wish.places + np.array([-1, -1, 1, 1]) * wish.aside_px
    if wish.last is not None:
        grown[wish.last] = wish.places[wish.last]
    return grown


def crosses(line: Line, box: Box) -> bool:
    """Whether a part of the line lies inside the box."""
    first, last = 0.0, 1.0  # the part of the line that is left after it is cut at each edge
    for start, end, low, high in zip(*line, box[:2], box[2:], strict=True):
        along = end - start
        if abs(along) < 1e-9:
            if not low <= start <= high:
                return False
            continue
        ends = sorted(((low - start) / along, (high - start) / along))
        first, last = max(first, ends[0]), min(last, ends[1])
    return first < last


def _areas(boxes: Boxes) -> Boxes:
    """(N,)"""
    return (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])


def _overlaps(a: Boxes, b: Boxes) -> Boxes:
    """(len(a), len(b)) shared areas."""
    shared = np.minimum(a[:, None, 2:], b[None, :, 2:]) - np.maximum(a[:, None, :2], b[None, :, :2])
    return np.maximum(shared, 0).prod(axis=2)
