"""The order of an epoch, the share of each process, and mixed targets."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from emoar.training.loop.epoch_batches import Batch, EpochBatches, mixed_targets  # noqa: E402
from emoar.training.recipe import Augmentation, Recipe  # noqa: E402

RECIPE = Recipe("emoar-s", 4, batch_size=6, no_mix_epochs=1, augment=Augmentation(rotation_deg=5, mixup=0.4, erasing=1))


class Rows(EpochBatches):
    """The rows of each batch."""

    def __init__(self, epoch: int = 0, rank: int = 0, processes: int = 1, recipe: Recipe = RECIPE) -> None:
        super().__init__(np.arange(20) % 4, recipe, epoch, rank, processes)

    def __getitem__(self, step: int) -> Batch:
        index, mine, rng = self._draw(step)
        return torch.from_numpy(index[mine]), {"random": torch.from_numpy(rng.random(len(index))[mine])}


def test_an_epoch_shows_each_face_once_and_leaves_out_the_rest_of_a_batch() -> None:
    batches = Rows()
    assert len(batches) == 3
    rows = torch.cat([batches[step][0] for step in range(3)]).tolist()
    assert len(set(rows)) == 18
    assert rows != torch.cat([Rows(epoch=1)[step][0] for step in range(3)]).tolist()


def test_processes_share_each_batch() -> None:
    for step in range(3):
        parts = [Rows(rank=rank, processes=3)[step] for rank in range(3)]
        assert [len(part[0]) for part in parts] == [2, 2, 2]
        full = Rows()[step]
        assert torch.equal(torch.cat([part[0] for part in parts]), full[0])
        assert torch.equal(torch.cat([part[1]["random"] for part in parts]), full[1]["random"])


def test_the_last_epochs_have_no_mixing_and_all_else() -> None:
    assert Rows(epoch=2)._settings == RECIPE.augment
    assert Rows(epoch=3)._settings == Augmentation(rotation_deg=5)
    assert Rows(epoch=3, recipe=dataclasses.replace(RECIPE, no_mix_epochs=0))._settings == RECIPE.augment


def test_targets_are_mixed_with_those_of_the_partner() -> None:
    one_hot = np.eye(3, dtype=np.float32)
    keep = np.float32([[0.75], [1.0]])
    mixed = mixed_targets({"custom": one_hot}, np.array([0, 1]), np.array([2, 2]), keep)
    torch.testing.assert_close(mixed["custom"], torch.tensor([[0.75, 0, 0.25], [0, 1, 0]]))
