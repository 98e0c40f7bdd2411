"""Placement of text boxes: beside a head, inside the frame, never over a face or each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Box",
    "Ground",
    "Line",
    "Obstacle",
    "Placed",
    "Wish",
    "cheapest_position",
    "cheapest_positions",
    "clamp_to_frame",
    "crosses",
]

Line = tuple[tuple[float, float], tuple[float, float]]  # from one end to the other
_Boxes = NDArray[np.float64]

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


class Obstacle(NamedTuple):
    """A box that should not be covered; `weight` is the cost when the smaller of both boxes is covered completely."""

    box: Box
    weight: float


class Wish(NamedTuple):
    """The places that a text may take."""

    places: Sequence[Box]  # inside the frame, in order of preference
    wanted: Sequence[Box]  # the same without the frame's edges; the distance from there adds to the cost
    last: int | None = None  # the place in the last frame, which costs a little less
    aside_px: float = 0.0  # how far a new place is from what has to be free, so that text does not come and go
    lines: Sequence[Line | None] = ()  # from each place a line that must not cross another face
    over_own_face: bool = False  # the last resort of a face that fills the frame


class Ground(NamedTuple):
    """What lies in the frame."""

    free: Sequence[Box] = ()  # never covered: faces and the text that is placed already
    uncrossed: Sequence[Box] = ()  # never crossed by a line: the faces of other people
    obstacles: Sequence[Obstacle] = ()  # covered where there is no better place, such as hair


class Placed(NamedTuple):
    """The wish that is granted, by its index, and which of its places."""

    form: int
    place: int
    box: Box


def clamp_to_frame(box: Box, width_px: int, height_px: int, margin_px: float) -> Box:
    """The box, shifted as little as possible to be inside the frame less a margin; centred where it does not fit."""
    return box.shifted(
        _shift_inside(box.left, box.right, width_px, margin_px),
        _shift_inside(box.top, box.bottom, height_px, margin_px),
    )


def cheapest_position(wish: Wish, ground: Ground) -> int | None:
    """Index of the cheapest place that covers nothing which has to be free; None where there is none."""
    if not wish.places:
        return None
    places = _array(wish.places)
    cost = _costs(wish, places, ground.obstacles)
    cost[~_is_free(wish, places, ground)] = np.inf
    index = int(np.argmin(cost))
    return index if np.isfinite(cost[index]) else None


def cheapest_positions(
    wishes: Sequence[Sequence[Wish]], ground_of: Callable[[int, Wish], Ground]
) -> list[Placed | None]:
    """For each text the first of its wishes that has a free place; None for a text without any.

    In a few rounds each text takes its cheapest place, given those of the others.

    Args:
        wishes: of each text its forms, the preferred one first.
        ground_of: what a text, by its index, must not cover under that wish, without the other texts.
    """
    chosen: list[Placed | None] = [None] * len(wishes)
    for _ in range(ROUNDS):
        before = list(chosen)
        for of, forms in enumerate(wishes):
            others = [placed.box for index, placed in enumerate(chosen) if placed and index != of]
            chosen[of] = _first_placed(of, forms, ground_of, others)
        if chosen == before or len(wishes) == 1:
            break
    return chosen


def _first_placed(
    of: int, forms: Sequence[Wish], ground_of: Callable[[int, Wish], Ground], others: list[Box]
) -> Placed | None:
    for form, wish in enumerate(forms):
        ground = ground_of(of, wish)
        index = cheapest_position(wish, ground._replace(free=[*ground.free, *others]))
        if index is not None:
            return Placed(form, index, wish.places[index])
    return None


def _costs(wish: Wish, places: _Boxes, obstacles: Sequence[Obstacle]) -> _Boxes:
    """(P,) what each place costs."""
    size = np.maximum(places[:, 2:] - places[:, :2], 1e-6)
    pushed = (np.abs(places[:, :2] - _array(wish.wanted)[:, :2]) / size).sum(axis=1)
    cost = 0.05 * np.arange(len(places)) + MOVED * pushed
    if obstacles:
        boxes, weights = _array([box for box, _ in obstacles]), np.array([weight for _, weight in obstacles])
        # Relative to the smaller box, since a large bubble must not hide a small label.
        smaller = np.minimum(_areas(places)[:, None], _areas(boxes)[None])
        cost += (weights * _overlaps(places, boxes) / np.maximum(smaller, 1e-6)).sum(axis=1)
    if wish.last is not None:
        cost[wish.last] -= STAY
    return cost


def _is_free(wish: Wish, places: _Boxes, ground: Ground) -> NDArray[np.bool_]:
    """(P,) whether each place covers nothing that has to be free, and its line crosses no face."""
    aside = np.full((len(places), 1), wish.aside_px)
    if wish.last is not None:
        aside[wish.last] = 0
    grown = places + np.hstack([-aside, -aside, aside, aside])
    free = np.ones(len(places), bool)
    if ground.free:
        free &= ~(_overlaps(grown, _array(ground.free)) > 0).any(axis=1)
    for index, line in enumerate(wish.lines):
        if line is not None and free[index]:
            free[index] = not any(crosses(line, box) for box in ground.uncrossed)
    return free


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


def _array(boxes: Sequence[Box]) -> _Boxes:
    """(N, 4)"""
    return np.array(boxes, float).reshape(-1, 4)


def _areas(boxes: _Boxes) -> _Boxes:
    """(N,)"""
    return (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])


def _overlaps(a: _Boxes, b: _Boxes) -> _Boxes:
    """(len(a), len(b)) shared areas."""
    shared = np.minimum(a[:, None, 2:], b[None, :, 2:]) - np.maximum(a[:, None, :2], b[None, :, :2])
    return np.maximum(shared, 0).prod(axis=2)


def _shift_inside(low: float, high: float, size_px: int, margin_px: float) -> float:
    if high - low > size_px - 2 * margin_px:
        return (size_px - low - high) / 2
    return max(margin_px - low, 0.0) - max(high - (size_px - margin_px), 0.0)
