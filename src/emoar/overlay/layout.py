"""Placement of text boxes: beside a head, inside the frame, without covering faces or each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from emoar.types import Face

__all__ = ["Box", "Obstacle", "cheapest_position", "clamp_to_frame", "head_box"]

HAIR: Final = 0.36  # of the landmark box's height, above it: landmarks end at the hairline
EARS: Final = 0.12  # of the box's width, on each side
CHIN: Final = 0.04  # of the box's height, below it
STAY: Final = 0.25  # discount for the place of the last frame, so that text does not alternate between places
MOVED: Final = 0.35  # cost of a shift by one box size to get inside the frame


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


def head_box(face: Face) -> Box:
    """The box around the head with hair and ears, estimated from the box around the landmarks."""
    left, top, right, bottom = map(float, face.box_xyxy_px)
    width, height = right - left, bottom - top
    return Box(left - EARS * width, top - HAIR * height, right + EARS * width, bottom + CHIN * height)


def clamp_to_frame(box: Box, width_px: int, height_px: int, margin_px: float) -> Box:
    """The box, shifted as little as possible to be inside the frame less a margin; centred where it does not fit."""
    return box.shifted(
        _shift_inside(box.left, box.right, width_px, margin_px),
        _shift_inside(box.top, box.bottom, height_px, margin_px),
    )


def cheapest_position(
    places: Sequence[Box], wanted: Sequence[Box], obstacles: Sequence[Obstacle], last: int | None
) -> int:
    """Index of the cheapest place.

    Args:
        places: the candidates, inside the frame, in order of preference.
        wanted: where each candidate would be without the frame's edges; the distance from there adds to the cost.
        obstacles: boxes that should not be covered.
        last: index of the place in the last frame, which costs a little less; None in the first frame.
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
    """Overlap relative to the smaller box, since a large bubble must not hide a small label; 0..1."""
    return a.overlap(b) / max(min(a.width * a.height, b.width * b.height), 1e-6)


def _shift_inside(low: float, high: float, size_px: int, margin_px: float) -> float:
    if high - low > size_px - 2 * margin_px:
        return (size_px - low - high) / 2
    return max(margin_px - low, 0.0) - max(high - (size_px - margin_px), 0.0)
