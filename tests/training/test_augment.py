from __future__ import annotations

import numpy as np
import pytest

from emoar.training.augment import Augmentation, augment, mixup

RNG = np.random.default_rng
FACES = np.random.default_rng(5).integers(0, 255, (6, 48, 48)).astype(np.uint8)


def test_the_defaults_flip_and_nothing_else() -> None:
    for face, out in zip(FACES, augment(FACES, Augmentation(), RNG(0)), strict=True):
        assert (out == face).all() or (out == face[:, ::-1]).all()


def test_the_same_seed_gives_the_same_faces() -> None:
    settings = Augmentation(rotation_deg=20, scale=0.2, shift=0.1, gamma=0.3, blur=0.5, noise=0.5, erasing=0.5)
    np.testing.assert_array_equal(augment(FACES, settings, RNG(1)), augment(FACES, settings, RNG(1)))
    assert not np.array_equal(augment(FACES, settings, RNG(1)), augment(FACES, settings, RNG(2)))


@pytest.mark.parametrize(
    "settings",
    [
        Augmentation(rotation_deg=180, scale=0.5, shift=0.5),
        Augmentation(gamma=2, contrast=2),
        Augmentation(blur=1, noise=1, erasing=1),
    ],
)
def test_faces_stay_faces(settings: Augmentation) -> None:
    out = augment(FACES, settings, RNG(0))
    assert out.shape == FACES.shape
    assert out.dtype == np.float32
    assert out.min() >= 0
    assert out.max() <= 255
    assert not np.isnan(out).any()


def test_shift_moves_by_what_it_says() -> None:
    dot = np.zeros((400, 48, 48), np.uint8)
    dot[:, 24, 24] = 255
    out = augment(dot, Augmentation(shift=0.125, flip=False), RNG(0))
    rows = np.array([np.average(np.arange(48), weights=o.sum(axis=1)) for o in out])
    assert np.abs(rows - 24).max() == pytest.approx(6, abs=0.2)


def test_mixup_weights_and_partners() -> None:
    weight, partner = mixup(50, 0.4, RNG(0))
    assert ((weight >= 0.5) & (weight <= 1)).all()
    assert sorted(partner) == list(range(50))
    weight, partner = mixup(3, 0, RNG(0))
    assert weight.tolist() == [1, 1, 1]
