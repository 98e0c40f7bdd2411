from __future__ import annotations

import numpy as np
import pytest

from emoar.training.loop.augment import augment, draw_mixing
from emoar.training.recipe import Augmentation

RNG = np.random.default_rng


def seeds(count: int, first: int = 0) -> np.ndarray:
    return np.arange(count) + 1000 * first


FACES = np.random.default_rng(5).integers(0, 255, (6, 48, 48)).astype(np.uint8)


def test_the_defaults_flip_and_nothing_else() -> None:
    for face, out in zip(FACES, augment(FACES, Augmentation(), seeds(6)), strict=True):
        assert (out == face).all() or (out == face[:, ::-1]).all()


def test_the_same_seed_gives_the_same_faces() -> None:
    settings = Augmentation(rotation_deg=20, scale=0.2, shift=0.1, gamma=0.3, blur=0.5, noise=0.5, erasing=0.5)
    np.testing.assert_array_equal(augment(FACES, settings, seeds(6, 1)), augment(FACES, settings, seeds(6, 1)))
    assert not np.array_equal(augment(FACES, settings, seeds(6, 1)), augment(FACES, settings, seeds(6, 2)))


@pytest.mark.parametrize(
    "settings",
    [
        Augmentation(rotation_deg=180, scale=0.5, shift=0.5),
        Augmentation(gamma=2, contrast=2),
        Augmentation(blur=1, noise=1, erasing=1),
    ],
)
def test_faces_stay_faces(settings: Augmentation) -> None:
    out = augment(FACES, settings, seeds(6))
    assert out.shape == FACES.shape
    assert out.dtype == np.float32
    assert out.min() >= 0
    assert out.max() <= 255
    assert not np.isnan(out).any()


def test_shift_moves_by_its_share() -> None:
    dot = np.zeros((400, 48, 48), np.uint8)
    dot[:, 24, 24] = 255
    out = augment(dot, Augmentation(shift=0.125, flip=False), seeds(400))
    rows = np.array([np.average(np.arange(48), weights=o.sum(axis=1)) for o in out])
    assert np.abs(rows - 24).max() == pytest.approx(6, abs=0.2)


def test_a_face_is_changed_by_its_own_seed_alone() -> None:
    settings = Augmentation(rotation_deg=20, noise=1.0)
    np.testing.assert_array_equal(augment(FACES, settings, seeds(6))[3:5], augment(FACES[3:5], settings, seeds(6)[3:5]))


def test_colour_faces_stay_colour_faces() -> None:
    colour = np.stack([FACES] * 3, axis=-1)
    settings = Augmentation(rotation_deg=20, shear_deg=10, gamma=0.3, contrast=0.2, blur=1, erasing=1)
    out = augment(colour, settings, seeds(6))
    assert out.shape == colour.shape
    np.testing.assert_allclose(out[..., 0], out[..., 2], atol=1e-3)


def test_mixup_weights_and_partners() -> None:
    mixing = draw_mixing(50, 48, Augmentation(mixup=0.4), RNG(0))
    assert ((mixing.keep >= 0.5) & (mixing.keep <= 1)).all()
    assert sorted(mixing.partner) == list(range(50))
    black, white = np.zeros((48, 48), np.float32), np.full((48, 48), 100, np.float32)
    assert mixing.blend(7, black, white) == pytest.approx(100 * (1 - mixing.keep[7]))
    assert draw_mixing(3, 48, Augmentation(), RNG(0)).keep.tolist() == [1, 1, 1]


def test_cutmix_replaces_a_rectangle_of_its_share() -> None:
    mixing = draw_mixing(200, 48, Augmentation(cutmix=1.0, mixup=0.4), RNG(0))
    black, white = np.zeros((48, 48), np.float32), np.ones((48, 48), np.float32)
    shares = np.array([mixing.blend(i, black, white).mean() for i in range(200)])
    np.testing.assert_allclose(shares, 1 - mixing.keep, atol=1e-6)
    assert shares.max() > 0.35
    assert mixing.keep.min() >= 0.48
