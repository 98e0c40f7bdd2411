"""A shift changes a crop alike in each run, order and batch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.random import Generator

from emoar.errors import InputError
from emoar.training.evaluation.shifts import Shift
from emoar.training.evaluation.shifts.shift import Face, in_turn

CROPS = np.random.default_rng(0).integers(0, 256, (5, 12, 12), np.uint8)


def add_drawn(face: Face, rng: Generator) -> Face:
    face += np.uint8(rng.integers(1, 200))  # in place: the crops of the caller stay
    return face


ADD = Shift("add", "adds a drawn level", add_drawn)


def test_a_crop_is_changed_alike_in_each_order_and_batch() -> None:
    before = CROPS.copy()
    whole = ADD(CROPS)
    assert (whole != CROPS).all()
    np.testing.assert_array_equal(CROPS, before)
    np.testing.assert_array_equal(ADD(CROPS[::-1]), whole[::-1])
    np.testing.assert_array_equal(ADD(CROPS[2:3]), whole[2:3])


def test_crops_names_and_seeds_draw_differently() -> None:
    added = (ADD(CROPS) - CROPS)[:, 0, 0]
    assert len(set(added.tolist())) > 1
    assert (ADD(CROPS) != replace(ADD, seed=1)(CROPS)).any()
    assert (ADD(CROPS) != replace(ADD, name="other")(CROPS)).any()


def test_changes_in_turn_work_on_the_result_of_the_one_before() -> None:
    double = in_turn(lambda face, _: face * np.uint8(2), lambda face, _: face + np.uint8(3))
    assert Shift("both", "", double)(np.full((1, 2, 2), 10, np.uint8)).tolist() == [[[23, 23], [23, 23]]]


def test_a_shift_of_colour_leaves_grey_crops_as_they_are() -> None:
    shift = replace(ADD, colour_only=True)
    np.testing.assert_array_equal(shift(CROPS), CROPS)
    colour = np.repeat(CROPS[..., None], 3, axis=3)
    assert (shift(colour) != colour).all()


def test_no_crops_stay_no_crops() -> None:
    assert ADD(CROPS[:0]).shape == (0, 12, 12)


@pytest.mark.parametrize("wrong", [CROPS[0], CROPS.astype(np.float32), np.zeros((2, 8, 8, 4), np.uint8)])
def test_other_arrays_are_refused(wrong: np.ndarray) -> None:
    with pytest.raises(InputError, match="crops must be"):
        ADD(wrong)
