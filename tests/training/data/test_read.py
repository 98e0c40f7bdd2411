"""Data of every form through one function: the reader follows from the path."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from labelled_files import GOOD_ROW, assert_same, custom_dataset, save_image, write_rows

from emoar.errors import DataError, InputError
from emoar.labels import LABEL_SETS, LabelSet, title_of
from emoar.training.data.options import ReadOptions
from emoar.training.data.read import read_dataset
from emoar.training.data.targets import NO_LABEL
from emoar.training.data.write_parquet import write_parquet

FER2013_PATH = Path(__file__).parents[4] / "shared" / "data" / "fer2013.parquet"


def test_other_bad_inputs(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not exist"):
        read_dataset(tmp_path / "none.csv")
    with pytest.raises(DataError, match="columns"):
        read_dataset(write_rows(tmp_path / "a.csv", header="x,y"))
    with pytest.raises(DataError, match="no rows"):
        read_dataset(write_rows(tmp_path / "b.csv"))
    with pytest.raises(DataError, match="no images in folders"):
        read_dataset(tmp_path)
    (tmp_path / "c.parquet").write_bytes(b"PAR1 but not really")
    with pytest.raises(DataError, match=r"c\.parquet"):
        read_dataset(tmp_path / "c.parquet")
    (tmp_path / "d.txt").touch()
    with pytest.raises(DataError, match=r"expected \.parquet"):
        read_dataset(tmp_path / "d.txt")


def test_size_and_colour_can_be_asked_for(tmp_path: Path) -> None:
    write_parquet(custom_dataset(), tmp_path / "x.parquet")
    data = read_dataset(tmp_path / "x.parquet", ReadOptions(size_px=32, colour=False))
    assert data.images.shape == (4, 32, 32)
    save_image(tmp_path / "faces" / "bored" / "1.png", size=100)
    assert read_dataset(tmp_path / "faces", ReadOptions(size_px=96, colour=True)).images.shape == (1, 96, 96, 3)
    assert read_dataset(write_rows(tmp_path / "f.csv", GOOD_ROW), ReadOptions(size_px=64)).images.shape == (1, 64, 64)
    with pytest.raises(InputError, match="size_px must be within"):
        ReadOptions(size_px=4)


def test_a_new_entry_of_the_table_of_label_sets_is_read_written_and_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What adding AffectNet's labels takes: one entry."""
    entry = LabelSet("affectnet", "AffectNet", ("neutral", "happy", "sad", "contempt"))
    monkeypatch.setitem(LABEL_SETS, "affectnet", entry)  # type: ignore[arg-type]
    for label in ("contempt", "happy"):
        save_image(tmp_path / "crops" / "train" / label / "1.png")
    data = read_dataset(tmp_path / "crops")
    assert data.label_sets == {"affectnet": entry.labels}
    assert data.truth("affectnet").tolist() == [3, 1]
    write_parquet(data, tmp_path / "x.parquet")
    assert_same(read_dataset(tmp_path / "x.parquet"), data)
    assert title_of("affectnet") == "AffectNet"
    assert entry.categories == ("neutral", "happiness", "sadness", "contempt")


@pytest.mark.skipif(not FER2013_PATH.exists(), reason=f"needs {FER2013_PATH.name} in ../shared/data")
def test_the_real_data_has_the_published_counts() -> None:
    data = read_dataset(FER2013_PATH)
    private = data.of_split("PrivateTest")
    assert np.bincount(private.truth("fer2013")).tolist() == [491, 55, 528, 879, 594, 416, 626]
    assert (private.truth("ferplus") != NO_LABEL).sum() == 3546
