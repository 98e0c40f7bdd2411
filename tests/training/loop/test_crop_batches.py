"""Batches of crops: the same for workers, processes and resumed runs."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from emoar.training.recipe import Augmentation, Recipe

torch = pytest.importorskip("torch")

from emoar.training.loop.crop_batches import CropBatches, CropSamples  # noqa: E402

RECIPE = Recipe(
    "emoar-s",
    4,
    batch_size=8,
    no_mix_epochs=1,
    augment=Augmentation(rotation_deg=10, blur=0.5, noise=0.5, erasing=0.5, mixup=0.4, cutmix=0.5),
)


def samples(count: int = 20, colour: bool = False) -> CropSamples:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 255, (count, 16, 16, *((3,) if colour else ()))).astype(np.uint8)
    targets = {"fer2013": np.eye(7, dtype=np.float32)[rng.integers(0, 7, count)]}
    return CropSamples(targets, np.zeros(count, np.int64), images)


@pytest.mark.parametrize("colour", [False, True])
def test_two_processes_see_what_one_sees(colour: bool) -> None:
    whole = CropBatches(samples(colour=colour), RECIPE, 0)
    halves = [CropBatches(samples(colour=colour), RECIPE, 0, rank, 2) for rank in (0, 1)]
    assert len(whole) == len(halves[0]) == 2
    for step in range(len(whole)):
        faces, targets = whole[step]
        parts = [half[step] for half in halves]
        torch.testing.assert_close(torch.cat([part[0] for part in parts]), faces, rtol=0, atol=0)
        torch.testing.assert_close(torch.cat([part[1]["fer2013"] for part in parts]), targets["fer2013"])
        assert faces.shape == (8, 3 if colour else 1, 16, 16)
        torch.testing.assert_close(targets["fer2013"].sum(1), torch.ones(8))


def test_a_batch_depends_on_seed_epoch_and_step_alone() -> None:
    first = CropBatches(samples(), RECIPE, 2)[1][0]
    torch.testing.assert_close(CropBatches(samples(), RECIPE, 2)[1][0], first, rtol=0, atol=0)
    assert not torch.equal(CropBatches(samples(), RECIPE, 1)[1][0], first)
    assert not torch.equal(CropBatches(samples(), dataclasses.replace(RECIPE, seed=1), 2)[1][0], first)


def test_the_last_epochs_are_not_mixed() -> None:
    mixed, unmixed = (CropBatches(samples(), RECIPE, epoch)[0][1]["fer2013"] for epoch in (0, 3))
    assert ((mixed > 0.01) & (mixed < 0.99)).any()
    assert ((unmixed == 0) | (unmixed == 1)).all()


def test_realigned_crops_take_the_place_of_the_original_where_there_are_any() -> None:
    plain = dataclasses.replace(RECIPE, realigned=1.0, augment=Augmentation(flip=False))
    has = np.arange(20) % 2 == 0
    both = dataclasses.replace(samples(), realigned=np.full((20, 16, 16), 7, np.uint8), has_realigned=has)
    batches = CropBatches(both, plain, 0)
    swapped = sum(int((batches[step][0] == 7).all(dim=(1, 2, 3)).sum()) for step in range(2))
    assert 0 < swapped < 16
    assert swapped == has[batches._order[:16]].sum()


def test_fewer_faces_than_a_batch_make_one() -> None:
    batches = CropBatches(samples(5), RECIPE, 0)
    assert len(batches) == 1
    assert batches[0][0].shape[0] == 5
