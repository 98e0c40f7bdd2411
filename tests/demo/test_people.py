"""The two portraits of the demo and how they are cut out."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.demo import people
from emoar.demo.people import MARGIN_PX, PEOPLE, Person, cutout, portrait
from emoar.errors import DependencyMissing


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.name)
def test_face_and_outline_lie_in_the_portrait(person: Person) -> None:
    image = portrait(person.name)
    height, width = image.shape[:2]
    (x, y), (face_width, face_height) = person.centre_px, person.size_px
    assert face_width / 2 < x < width - face_width / 2
    assert face_height / 2 < y < height - face_height / 2
    outline = np.array(person.outline_px)
    assert (outline >= 0).all()
    assert (outline <= [width, height]).all()


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.name)
def test_paths_run_forward_in_time_over_the_same_seconds(person: Person) -> None:
    times = [key.time_s for key in person.keys]
    assert times == sorted(set(times))
    assert (times[0], times[-1]) == (0, 10)


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.name)
def test_a_cutout_covers_the_face_and_lets_the_background_through(person: Person) -> None:
    colours, behind = cutout(person)
    assert colours.shape == behind.shape
    assert (colours.dtype, behind.dtype) == (np.uint8, np.uint8)
    x, y = (round(place) + MARGIN_PX for place in person.centre_px)
    assert (behind[y, x] == 0).all()
    image = portrait(person.name)
    np.testing.assert_array_equal(colours[y, x], image[y - MARGIN_PX, x - MARGIN_PX])
    assert (behind[0, 0] > 240).all()
    assert not colours[0, 0].any()


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "find_spec", lambda package: None)
    with pytest.raises(DependencyMissing, match=r"a portrait from matplotlib; run: pip install 'emoar\[demo\]'"):
        portrait("hopper")


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.name)
def test_portraits_are_rgb(person: Person) -> None:
    image = portrait(person.name)
    assert (image.ndim, image.shape[2], image.dtype) == (3, 3, np.uint8)
    x, y = map(round, person.centre_px)
    red, _, blue = image[y - 20 : y + 20, x - 20 : x + 20].reshape(-1, 3).mean(axis=0)
    assert red >= blue  # skin
