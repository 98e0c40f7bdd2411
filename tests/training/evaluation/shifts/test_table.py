"""Every shift of the table: it changes faces, repeats, and is documented."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.training.evaluation.shifts import SHIFTS, shifts_for


def crops(colour: bool) -> np.ndarray:
    """(3, 48, 48) or (3, 48, 48, 3) crops with coarse structure and all levels."""
    rng = np.random.default_rng(7)
    coarse = rng.integers(0, 256, (3, 8, 8, 3) if colour else (3, 8, 8), np.uint8)
    return coarse.repeat(6, axis=1).repeat(6, axis=2)


@pytest.mark.parametrize("name", SHIFTS)
@pytest.mark.parametrize("colour", [False, True])
def test_each_shift_changes_each_face_and_repeats(name: str, colour: bool) -> None:
    shift, before = SHIFTS[name], crops(colour)
    if shift.colour_only and not colour:
        return
    after = shift(before)
    assert after.shape == before.shape
    assert all((one != other).any() for one, other in zip(before, after, strict=True))
    np.testing.assert_array_equal(shift(before), after)


def test_shifts_have_their_name_and_a_description() -> None:
    assert all(shift.name == name and len(shift.about) > 5 for name, shift in SHIFTS.items())


def test_colour_shifts_are_for_colour_only() -> None:
    assert set(shifts_for(colour=True)) - set(shifts_for(colour=False)) == {
        SHIFTS["red_as_grey"],
        SHIFTS["blue_as_grey"],
    }
