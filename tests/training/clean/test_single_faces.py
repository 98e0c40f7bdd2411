"""Findings about one face: blank, no face, turned away, ambiguous."""

from __future__ import annotations

import numpy as np
import pytest
from cleaning_faces import found, grey_dataset, textured
from numpy.typing import NDArray
from training_faces import votes_of

from emoar.training.clean.single_faces import ambiguous, blank, is_blank, no_face, not_a_face, profile, vote_entropy
from emoar.training.data.resize import resized
from emoar.training.faces.landmarks import CropLandmarks, crop_landmarks


def test_blank() -> None:
    images = textured(3)
    images[1] = 77
    images[2] = 77 + np.arange(48) % 2
    assert [(row, item) for item, row, _ in found(blank(grey_dataset(images)))] == [(101, "blank"), (102, "blank")]


@pytest.mark.parametrize(
    ("votes", "entropy"),
    [([10, *[0] * 9], 0.0), ([0] * 10, 0.0), ([1] * 10, 1.0), ([5, 5, *[0] * 8], np.log(2) / np.log(10))],
)
def test_entropy(votes: list[float], entropy: float) -> None:
    np.testing.assert_allclose(vote_entropy(np.float32([votes])), [entropy], atol=1e-6)


def test_findings_from_votes() -> None:
    data = grey_dataset(textured(4))
    votes_of(data)[0, :3] = 4, 3, 3
    votes_of(data)[1, 0] = 10
    votes_of(data)[2, [0, 9]] = 4, 6
    assert found(ambiguous(data)) == []
    votes_of(data)[0, :6] = 2, 2, 2, 2, 1, 1
    assert found(ambiguous(data)) == [("ambiguous", 100, "review")]
    assert found(not_a_face(data)) == [("not_a_face", 102, "exclude")]


def test_meshes(astronaut: NDArray[np.uint8]) -> None:
    face = resized(astronaut[60:200, 155:295], 48, colour=False)
    data = grey_dataset(np.stack([face, textured(1)[0]]))
    mesh = crop_landmarks(data.images)
    assert found(no_face(data, mesh)) == [("no_face", 101, "review")]
    assert found(profile(data, mesh)) == []
    turned = mesh.landmarks_px.copy()  # squeezed about the nose, deep: a head turned to the side
    x, z = turned[0, :, 0] - 24, turned[0, :, 2]
    angle = np.radians(60)
    turned[0, :, 0] = 24 + x * np.cos(angle) + z * np.sin(angle)
    assert found(profile(data, CropLandmarks(turned, mesh.presence))) == [("profile", 100, "review")]


def test_only_nearly_flat_pictures_are_blank() -> None:
    images = textured(2)
    images[1] = 77
    assert is_blank(images).tolist() == [False, True]
    assert is_blank(images[:0]).tolist() == []
