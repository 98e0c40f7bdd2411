"""A dataset that is written to Parquet and read back is the same dataset."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from labelled_files import assert_same, custom_dataset
from training_faces import made_dataset, votes_of

from emoar.training.data.face_dataset import FaceDataset
from emoar.training.data.read import read_dataset
from emoar.training.data.write_parquet import write_parquet


def soft_votes() -> FaceDataset:
    data = made_dataset(10)
    votes_of(data)[:] = votes_of(data) / 10  # shares instead of counts
    return data


@pytest.mark.parametrize("make", [custom_dataset, lambda: custom_dataset(colour=False, size=48), lambda: soft_votes()])
def test_parquet_gives_back_what_was_written(make: Callable[[], FaceDataset], tmp_path: Path) -> None:
    data = make()
    write_parquet(data, tmp_path / "x.parquet")
    assert_same(read_dataset(tmp_path / "x.parquet"), data)
    assert not list(tmp_path.glob("*.part"))
