"""The people of the demo: portraits out of packages, cut out, with paths that begin and end with the clip."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.demo.clip import DEMO_FPS, DEMO_FRAMES
from emoar.demo.people import MARGIN_PX, PEOPLE, Person, cutout, portrait


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.name)
def test_a_cutout_lets_the_background_through_around_the_person(person: Person) -> None:
    colours, behind = cutout(person)
    assert colours.shape == behind.shape
    assert colours.dtype == behind.dtype == np.uint8
    x, y = (round(value) + MARGIN_PX for value in person.centre_px)
    assert (behind[y, x] == 0).all()  # nothing shows through the face
    assert (behind[0, 0] > 250).all()
    assert (colours[0, 0] == 0).all()


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.name)
def test_paths_last_as_long_as_the_clip(person: Person) -> None:
    times = [key.time_s for key in person.keys]
    assert times[0] == 0
    assert times[-1] == DEMO_FRAMES / DEMO_FPS
    assert times == sorted(times)


def test_portraits_are_rgb() -> None:
    for person in PEOPLE:
        image = portrait(person.name)
        assert (image.ndim, image.shape[2], image.dtype) == (3, 3, np.uint8)
        x, y = map(round, person.centre_px)
        red, _, blue = image[y - 20 : y + 20, x - 20 : x + 20].reshape(-1, 3).mean(axis=0)
        assert red >= blue  # skin, not its blue twin
