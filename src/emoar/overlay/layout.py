"""Where boxes of text go: beside a head, inside the frame, clear of faces and of each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from emoar.types import Face

__all__ = ["Box", "Obstacle", "cheapest_position", "clamp_to_frame", "head_box"]

HAIR: Final = 0.36  # of the landmark box's height, above it: landmarks end at the hairline
EARS: Final = 0.12  # of its width, on each side
CHIN: Final = 0.04  # of its height, below
STAY: Final = 0.25  # cost saved by staying on the side of the last frame, so that text does not flip to and fro
MOVED: Final = 0.35  # cost of being pushed by one box size to get inside the frame


class Box(NamedTuple):
    """An upright rectangle in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def centre(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def shifted(self, x: float, y: float) -> Box:
        """The same box elsewhere."""
        return Box(self.left + x, self.top + y, self.right + x, self.bottom + y)

    def overlap(self, other: Box) -> float:
        """Shared area in square pixels."""
        x = min(self.right, other.right) - max(self.left, other.left)
        y = min(self.bottom, other.bottom) - max(self.top, other.top)
        return x * y if x > 0 and y > 0 else 0.0


class Obstacle(NamedTuple):
    """A box to keep clear of; `weight` is the cost of covering all of it, or of lying completely on it."""

    box: Box
    weight: float


def head_box(face: Face) -> Box:
    """The box around the head with hair and ears, estimated from the box around the landmarks."""
    left, top, right, bottom = map(float, face.box_xyxy_px)
    width, height = right - left, bottom - top
    return Box(left - EARS * width, top - HAIR * height, right + EARS * width, bottom + CHIN * height)


def clamp_to_frame(box: Box, width_px: int, height_px: int, margin_px: float) -> Box:
    """The box, moved by as little as brings it inside the frame; centred where it does not fit."""
    return box.shifted(
        _shift_inside(box.left, box.right, width_px, margin_px),
        _shift_inside(box.top, box.bottom, height_px, margin_px),
    )


def cheapest_position(
    places: Sequence[Box], wanted: Sequence[Box], obstacles: Sequence[Obstacle], last: int | None
) -> int:
    """Index of the cheapest place.

    Args:
        places: where the box can be, inside the frame, the liked ones first.
        wanted: where each would be if the frame had no edge; being pushed away from there costs.
        obstacles: what should not be covered.
        last: the place of the last frame, which is preferred a little.
    """

    def cost(index: int) -> float:
        place, wish = places[index], wanted[index]
        covered = sum(weight * _covered(place, box) for box, weight in obstacles)
        pushed_x = abs(place.left - wish.left) / max(place.width, 1e-6)
        pushed_y = abs(place.top - wish.top) / max(place.height, 1e-6)
        stays = STAY if index == last else 0.0
        return 0.05 * index + covered + MOVED * (pushed_x + pushed_y) - stays

    return min(range(len(places)), key=cost)


def _covered(a: Box, b: Box) -> float:
    """The shared share of the smaller one: a bubble must not hide a small label."""
    return a.overlap(b) / max(min(a.width * a.height, b.width * b.height), 1e-6)


def _shift_inside(low: float, high: float, size_px: int, margin_px: float) -> float:
    if high - low > size_px - 2 * margin_px:
        return (size_px - low - high) / 2
    return max(margin_px - low, 0.0) - max(high - (size_px - margin_px), 0.0)
