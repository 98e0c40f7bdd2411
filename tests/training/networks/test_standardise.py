"""Standardisation of crops, on images small enough to compute by hand."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from emoar.training.networks.standardise import standardise  # noqa: E402


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
