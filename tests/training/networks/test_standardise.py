"""Standardisation of crops, on images small enough to compute by hand."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from emoar.training.networks.standardise import smooth, standardise  # noqa: E402


def test_each_image_gets_zero_mean_and_unit_deviation() -> None:
    faces = torch.tensor([[[[0.0, 200.0], [0.0, 200.0]]], [[[10.0, 30.0], [30.0, 10.0]]]])
    expected = torch.tensor([[[[-1.0, 1.0], [-1.0, 1.0]]], [[[-1.0, 1.0], [1.0, -1.0]]]])
    torch.testing.assert_close(standardise(faces), expected, atol=0.01, rtol=0)  # 1 is added to the variance


def test_the_three_colours_share_one_mean() -> None:
    face = torch.zeros(1, 3, 2, 2)
    face[0, 0] = 30.0
    values = standardise(face)[0]
    assert values[0, 0, 0] > 0 > values[1, 0, 0] == values[2, 0, 0]
    assert float(values.mean()) == pytest.approx(0, abs=1e-6)


def test_a_blank_face_becomes_zeros() -> None:
    assert (standardise(torch.full((1, 1, 48, 48), 200.0)) == 0).all()


def test_smoothing_moves_pixels_towards_the_mean_around_them() -> None:
    face = torch.zeros(1, 1, 5, 5)
    face[0, 0, 2, 2] = 90.0
    moved = smooth(face, 0.5)[0, 0]
    assert moved[2, 2] == 50  # half way to the mean, 10
    assert moved[1, 1] == moved[2, 3] == 5
    assert moved[0, 0] == 0
    torch.testing.assert_close(smooth(torch.full((1, 1, 5, 5), 7.0), 0.37), torch.full((1, 1, 5, 5), 7.0))
