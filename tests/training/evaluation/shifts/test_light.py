"""Exposure, contrast, colour and noise on levels that one can compute by hand."""

from __future__ import annotations

import numpy as np
import pytest

from emoar.training.evaluation.shifts.light import channel_as_grey, contrast, gain, gamma, noise, side_light

RNG = np.random.default_rng(0)


def levels(*values: int) -> np.ndarray:
    return np.array([values], np.uint8)


def test_gain_rounds_and_is_limited() -> None:
    assert gain(1 / 8)(levels(0, 3, 5, 100, 255), RNG).tolist() == [[0, 0, 1, 12, 32]]
    assert gain(2)(levels(10, 127, 128, 255), RNG).tolist() == [[20, 254, 255, 255]]


def test_gamma_keeps_black_and_white() -> None:
    assert gamma(2)(levels(0, 51, 255), RNG).tolist() == [[0, 10, 255]]
    assert gamma(0.5)(levels(0, 51, 255), RNG).tolist() == [[0, 114, 255]]


def test_contrast_keeps_the_mean() -> None:
    assert contrast(0.5)(levels(80, 100, 120), RNG).tolist() == [[90, 100, 110]]
    assert contrast(10)(levels(80, 100, 120), RNG).tolist() == [[0, 100, 255]]


def test_noise_has_its_deviation() -> None:
    noisy = noise(10)(np.full((200, 200), 128, np.uint8), RNG).astype(float)
    assert noisy.std() == pytest.approx(10, rel=0.05)
    assert noisy.mean() == pytest.approx(128, abs=0.3)


@pytest.mark.parametrize("shape", [(4, 5), (4, 5, 3)])
def test_light_falls_from_either_side(shape: tuple[int, ...]) -> None:
    face = np.full(shape, 200, np.uint8)
    sides = set()
    for seed in range(8):
        row = side_light(0.2)(face, np.random.default_rng(seed))[0].reshape(5, -1)
        assert (row == row[:, :1]).all()  # no colour cast
        sides.add(tuple(row[:, 0].tolist()))
    assert sides == {(200, 160, 120, 80, 40), (40, 80, 120, 160, 200)}


def test_one_channel_becomes_the_grey_level() -> None:
    red_and_blue = np.array([[[200, 0, 0], [0, 0, 200]]], np.uint8)
    assert channel_as_grey(0.5)(red_and_blue, RNG).tolist() == [[[160] * 3, [0] * 3]]
    assert channel_as_grey(-0.25)(red_and_blue, RNG).tolist() == [[[10] * 3, [73] * 3]]
    grey = levels(5, 9)
    assert channel_as_grey(0.5)(grey, RNG) is grey
