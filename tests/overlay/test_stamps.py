"""A stamp copies what was drawn once, as if it were drawn again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from emoar.overlay.base import paint_over
from emoar.overlay.engine import fill, skia
from emoar.overlay.layout import Box
from emoar.overlay.stamps import Stamps

PICTURE = np.random.default_rng(0).integers(0, 256, (60, 80, 3), np.uint8)
BOX = Box(10, 20, 50.5, 45.25)


class Circle:
    """Draws a translucent circle, and counts how often."""

    def __init__(self, radius: float = 9.3) -> None:
        self.radius, self.times = radius, 0

    def __call__(self, canvas: Any) -> None:
        self.times += 1
        canvas.drawCircle(15.5, 12.25, self.radius, fill((200, 40, 90), 0.6))


def stamped(stamps: Stamps, key: str, circle: Circle, box: Box = BOX) -> NDArray[np.uint8]:
    return paint_over(PICTURE, lambda canvas: stamps.draw(canvas, key, box, circle))


def drawn(circle: Circle, box: Box = BOX) -> NDArray[np.uint8]:
    def paint(canvas: Any) -> None:
        canvas.translate(box.left, box.top)
        circle(canvas)

    return paint_over(PICTURE, paint)


def test_a_part_is_drawn_once_and_copied_to_every_place() -> None:
    stamps, circle = Stamps(), Circle()
    for box in (BOX, BOX.shifted(7, -11), BOX):
        apart = np.abs(stamped(stamps, "a", circle, box).astype(int) - drawn(Circle(), box))
        assert apart.max() <= 2  # colours are rounded twice
    assert circle.times == 1


@pytest.mark.parametrize(("key", "box"), [("b", BOX), ("a", Box(10, 20, 40, 45))])
def test_another_key_and_another_size_are_drawn_anew(key: str, box: Box) -> None:
    stamps, before, circle = Stamps(), Circle(), Circle(5)
    stamped(stamps, "a", before)
    picture = stamped(stamps, key, circle, box)
    assert circle.times == 1
    assert np.abs(picture.astype(int) - drawn(Circle(5), box)).max() <= 2


def test_nothing_is_drawn_outside_the_box() -> None:
    picture = paint_over(PICTURE, lambda canvas: Stamps().draw(canvas, 0, BOX, lambda part: part.clear(skia.ColorRED)))
    changed = (picture != PICTURE).any(axis=2)
    assert changed[20:46, 10:51].sum() == changed.sum() > 900


def test_the_part_that_was_not_used_for_longest_is_forgotten() -> None:
    stamps, circles = Stamps(most=2), {key: Circle() for key in "abc"}
    for key in "abaca":  # "b" makes room for "c"
        stamped(stamps, key, circles[key])
    assert [circle.times for circle in circles.values()] == [1, 1, 1]
    stamped(stamps, "b", circles["b"])
    assert circles["b"].times == 2
